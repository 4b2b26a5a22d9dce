using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

/// <summary>
/// The codes of an authenticator app. Unlike Identity's own provider it takes none twice: the step of the code that was
/// taken is saved with the account, and of two requests with the same code the concurrency stamp lets one through.
/// </summary>
internal sealed class TotpProvider(TimeProvider time) : IUserTwoFactorTokenProvider<Account>
{
    /// <summary>The app makes the codes, not the server.</summary>
    public Task<string> GenerateAsync(string purpose, UserManager<Account> manager, Account user) =>
        Task.FromResult("");

    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<Account> manager, Account user)
    {
        if (
            await manager.GetAuthenticatorKeyAsync(user) is not { } key
            || Totp.StepOf(token, key, time.GetUtcNow()) is not { } step
            || step <= user.LastTotpStep
        )
        {
            return false;
        }

        user.LastTotpStep = step;
        return (await manager.UpdateAsync(user)).Succeeded;
    }

    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<Account> manager, Account user) =>
        Task.FromResult(user.AuthenticatorKey is not null);
}

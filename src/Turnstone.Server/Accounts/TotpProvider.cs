using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

/// <summary>
/// The codes of an authenticator app. Unlike Identity's own provider it accepts each code only once: the accepted step
/// is saved with the account, and the concurrency stamp lets only one of two requests save it.
/// </summary>
internal sealed class TotpProvider(TimeProvider time) : IUserTwoFactorTokenProvider<Account>
{
    /// <summary>The app generates the codes, not the server.</summary>
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

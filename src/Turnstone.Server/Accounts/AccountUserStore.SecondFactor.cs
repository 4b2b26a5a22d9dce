using System.Text;
using Microsoft.AspNetCore.Identity;
using Turnstone.Credentials;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

public sealed partial class AccountUserStore
    : IUserTwoFactorStore<Account>,
        IUserAuthenticatorKeyStore<Account>,
        IUserTwoFactorRecoveryCodeStore<Account>
{
    public Task<bool> GetTwoFactorEnabledAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.TwoFactorEnabled);

    public Task SetTwoFactorEnabledAsync(Account user, bool enabled, CancellationToken cancellationToken)
    {
        user.TwoFactorEnabled = enabled;
        return ChangeAsync(user, enabled ? "second factor on" : "second factor off");
    }

    public Task SecondFactorConfirmedAsync(Account user) => ChangeAsync(user, "second factor confirmed");

    public Task<string?> GetAuthenticatorKeyAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(
            user.AuthenticatorKey is { } box
                ? Encoding.ASCII.GetString(keys.Open(AuthenticatorPurpose(user), box))
                : null
        );

    public Task SetAuthenticatorKeyAsync(Account user, string key, CancellationToken cancellationToken)
    {
        user.AuthenticatorKey = keys.Seal(AuthenticatorPurpose(user), Encoding.ASCII.GetBytes(key), random);
        return ChangeAsync(user, "authenticator key");
    }

    public Task ReplaceCodesAsync(Account user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken)
    {
        user.RecoveryCodes = [.. recoveryCodes.Select(code => keys.Hash(CredentialPurpose.RecoveryCode, code))];
        return ChangeAsync(user, "recovery codes made");
    }

    /// <summary>Removes the code. The concurrency stamp makes sure that only one request can save this.</summary>
    public async Task<bool> RedeemCodeAsync(Account user, string code, CancellationToken cancellationToken)
    {
        var left = user
            .RecoveryCodes.Where(stored => !keys.Matches(CredentialPurpose.RecoveryCode, code, stored))
            .ToList();
        if (left.Count == user.RecoveryCodes.Count)
        {
            return false;
        }

        user.RecoveryCodes = left;
        await ChangeAsync(user, "recovery code used");
        return true;
    }

    public Task<int> CountCodesAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.RecoveryCodes.Count);

    // The account is part of the sealed text, so a key copied to another account's row cannot be opened.
    private static string AuthenticatorPurpose(Account user) => $"{CredentialPurpose.AuthenticatorKey}\n{user.Id}";
}

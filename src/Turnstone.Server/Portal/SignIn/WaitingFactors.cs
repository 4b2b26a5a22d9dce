using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>A factor that waits for the mailbox's word.</summary>
/// <param name="Name">The passkey's name; null for the app.</param>
public sealed record WaitingFactor(Account Account, string Id, string? Name, DateTimeOffset Since);

/// <summary>
/// The factors that nobody has vouched for: found by the link that was sent to the mailbox, confirmed or taken away.
/// </summary>
public sealed class WaitingFactors(
    AccountManager manager,
    IAccountStore accounts,
    CurrentCaller caller,
    TimeProvider time
)
{
    /// <summary>The id of the app; a passkey's is that of its credential.</summary>
    public const string App = "app";

    /// <summary>The factor of a link; null if the link is not ours, too old, or done with.</summary>
    public async Task<WaitingFactor?> FindAsync(
        string? id,
        string? factor,
        string? token,
        CancellationToken cancellationToken
    ) =>
        factor is { Length: > 0 and <= 2048 }
        && await manager.FindByIdAsync(id ?? "") is { DisabledAt: null } account
        && await manager.VerifyUserTokenAsync(
            account,
            TokenOptions.DefaultProvider,
            AccountLinkProvider.Factor + factor,
            token ?? ""
        )
            ? await FindAsync(account, factor, cancellationToken)
            : null;

    /// <summary>The factor of an account, if it waits.</summary>
    public async Task<WaitingFactor?> FindAsync(Account account, string? factor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (factor == App)
        {
            return account.SecondFactorWaitsSince is { } at ? new(account, App, null, at) : null;
        }

        return
            factor is { Length: > 0 and <= 2048 }
            && Base64UrlText.TryDecode(factor, out var credential)
            && await accounts.FindPasskeyAsync(credential, cancellationToken) is { WaitsSince: { } since } passkey
            && passkey.AccountId == account.Id
            ? new(account, factor, (await manager.GetPasskeyAsync(account, credential))?.Name, since)
            : null;
    }

    public async Task<bool> ConfirmAsync(WaitingFactor factor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(factor);
        if (factor.Id == App)
        {
            return (await manager.ConfirmSecondFactorAsync(factor.Account)).Succeeded;
        }

        await accounts.ConfirmPasskeyAsync(
            factor.Account.Id,
            CredentialOf(factor),
            new AuditEntry
            {
                Event = AuditEvent.AccountChanged,
                At = time.GetUtcNow(),
                Caller = caller.Current,
                AccountId = factor.Account.Id,
                Detail = "passkey confirmed",
            },
            cancellationToken
        );
        return true;
    }

    public async Task<bool> RemoveAsync(WaitingFactor factor)
    {
        ArgumentNullException.ThrowIfNull(factor);
        return (
            factor.Id == App
                ? await manager.DisableSecondFactorAsync(factor.Account)
                : await manager.RemovePasskeyAsync(factor.Account, CredentialOf(factor))
        ).Succeeded;
    }

    private static byte[] CredentialOf(WaitingFactor factor) =>
        Base64UrlText.TryDecode(factor.Id, out var credential)
            ? credential
            : throw new InvalidOperationException("A factor that was found has an id.");
}

using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

public sealed partial class AccountUserStore : IUserPasskeyStore<Account>
{
    public async Task AddOrUpdatePasskeyAsync(
        Account user,
        UserPasskeyInfo passkey,
        CancellationToken cancellationToken
    )
    {
        var known = await accounts.FindPasskeyAsync(passkey.CredentialId, cancellationToken);
        if (known is not null && known.AccountId != user.Id)
        {
            // WebAuthn Level 3, §7.1: a credential id that another account has registered is not taken again.
            throw new InvalidOperationException("This passkey belongs to another account.");
        }

        await accounts.SavePasskeyAsync(
            new Passkey(passkey.CredentialId, user.Id, PasskeyData.Write(passkey), passkey.CreatedAt)
            {
                // Kept when a known one is saved: only its confirmation takes it away.
                WaitsSince = time.GetUtcNow(),
            },
            cancellationToken
        );
        if (known is null)
        {
            await ChangeAsync(user, "passkey added");
        }
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) =>
        [.. (await accounts.PasskeysAsync(user.Id, cancellationToken)).Select(PasskeyData.Read)];

    public async Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await accounts.FindPasskeyAsync(credentialId, cancellationToken) is { } passkey
            ? await accounts.FindAsync(passkey.AccountId, cancellationToken)
            : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(
        Account user,
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        await accounts.FindPasskeyAsync(credentialId, cancellationToken) is { } passkey && passkey.AccountId == user.Id
            ? PasskeyData.Read(passkey)
            : null;

    public async Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken)
    {
        await accounts.RemovePasskeyAsync(user.Id, credentialId, cancellationToken);
        await ChangeAsync(user, "passkey removed");
    }
}

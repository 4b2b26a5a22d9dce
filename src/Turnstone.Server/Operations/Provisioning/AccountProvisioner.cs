using Turnstone.Credentials;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>
/// Accounts with their passwords; <see cref="HoldingsProvisioner"/> does their subscriptions and API keys.
/// </summary>
public sealed class AccountProvisioner(
    IAccountStore accounts,
    HoldingsProvisioner holdings,
    PasswordHashing hashing,
    RandomSource random,
    TimeProvider time
)
{
    private const int MintedPasswordSize = 18;

    internal async Task<IEnumerable<string>> ConflictsAsync(
        AccountItem item,
        string at,
        HashSet<string> products,
        CancellationToken cancellationToken
    )
    {
        var account = await FindAsync(item, cancellationToken);
        if (
            account is { Administrator: true }
            && item.Administrator is false
            && await accounts.AdministratorsAsync(cancellationToken) is [var last]
            && last.Id == account.Id
        )
        {
            return [$"{at}.administrator: this is the only administrator; appoint another one first."];
        }

        return account?.DisabledAt is null
            ? await holdings.ConflictsAsync(item, account?.Id, at, products, cancellationToken)
            : [$"{at}.email: this account is disabled; enable it first."];
    }

    internal async Task ApplyAsync(AccountItem item, ProvisioningReport report, CancellationToken cancellationToken)
    {
        var account = await FindAsync(item, cancellationToken);
        if (account is null)
        {
            account = await CreateAsync(item, report, cancellationToken);
        }
        else
        {
            await (
                account.EmailConfirmed
                    ? ChangeAsync(account, item, report, cancellationToken)
                    : TakeOverAsync(account, item, report, cancellationToken)
            );
        }

        await holdings.ApplyAsync(item, account, report, cancellationToken);
    }

    private async Task<Account?> FindAsync(AccountItem item, CancellationToken cancellationToken) =>
        EmailAddress.TryNormalize(item.Email, out var email)
            ? await accounts.FindByEmailAsync(email, cancellationToken)
            : null;

    private async Task<Account> CreateAsync(
        AccountItem item,
        ProvisioningReport report,
        CancellationToken cancellationToken
    )
    {
        var minted = item.Password is null ? Base64UrlText.Encode(random.Bytes(MintedPasswordSize)) : null;
        var account = NewAccount.For(item.Email, random, time.GetUtcNow());
        account.EmailConfirmed = true;
        account.Administrator = item.Administrator ?? false;
        account.PasswordHash = hashing.Hash(item.Password ?? minted!);
        var entry = Entry(account, AuditEvent.AccountCreated, "provisioned");
        if (!(await accounts.CreateAsync(account, entry, cancellationToken)).IsCommitted)
        {
            throw new StoreUnavailableException("Another process is creating the same account; apply the file again.");
        }

        report.Created("account", account.Email, account.Administrator ? "administrator" : null, ("password", minted));
        return account;
    }

    private async Task ChangeAsync(
        Account account,
        AccountItem item,
        ProvisioningReport report,
        CancellationToken cancellationToken
    )
    {
        var newPassword =
            item.Password is { } password
            && (account.PasswordHash is not { } hash || !hashing.Verify(hash, password).Matches);
        var newRole = item.Administrator is { } administrator && administrator != account.Administrator;
        if (!newPassword && !newRole)
        {
            return;
        }

        if (newPassword)
        {
            account.PasswordHash = hashing.Hash(item.Password!);
            account.SecurityStamp = NewAccount.NewStamp(random);
        }

        account.Administrator = item.Administrator ?? account.Administrator;
        var detail = string.Join(
            ", ",
            new[]
            {
                newPassword ? "password, so its sessions ended" : null,
                newRole ? (account.Administrator ? "administrator" : "no administrator") : null,
            }.OfType<string>()
        );
        await SaveAsync(
            account,
            Entry(
                account,
                newPassword ? AuditEvent.PasswordChanged : AuditEvent.AccountChanged,
                $"provisioned: {detail}"
            ),
            cancellationToken
        );
        report.Changed("account", account.Email, detail);
    }

    /// <summary>
    /// An unconfirmed account may belong to a stranger. Its password and everything else that gives access are removed
    /// before the account is taken over.
    /// </summary>
    private async Task TakeOverAsync(
        Account account,
        AccountItem item,
        ProvisioningReport report,
        CancellationToken cancellationToken
    )
    {
        foreach (var passkey in await accounts.PasskeysAsync(account.Id, cancellationToken))
        {
            await accounts.RemovePasskeyAsync(account.Id, passkey.CredentialId, cancellationToken);
        }

        var minted = item.Password is null ? Base64UrlText.Encode(random.Bytes(MintedPasswordSize)) : null;
        account.PasswordHash = hashing.Hash(item.Password ?? minted!);
        account.SecurityStamp = NewAccount.NewStamp(random);
        account.TakeSecondFactor();
        account.EmailConfirmed = true;
        account.Administrator = item.Administrator ?? account.Administrator;
        var detail = $"confirmed, with a new password{(account.Administrator ? ", administrator" : "")}";
        await SaveAsync(
            account,
            Entry(account, AuditEvent.PasswordChanged, $"provisioned: {detail}"),
            cancellationToken
        );
        report.Changed("account", account.Email, detail, ("password", minted));
    }

    private async Task SaveAsync(Account account, AuditEntry entry, CancellationToken cancellationToken)
    {
        if (!(await accounts.SaveAsync(account, NewAccount.NewStamp(random), entry, cancellationToken)).IsCommitted)
        {
            throw new StoreUnavailableException("Another process is changing the same account; apply the file again.");
        }
    }

    private AuditEntry Entry(Account account, AuditEvent what, string detail) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = Caller.Operator,
            AccountId = account.Id,
            Detail = detail,
        };
}

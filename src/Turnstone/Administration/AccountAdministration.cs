using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Administration;

/// <summary>How an act on an account ended.</summary>
public enum ActOutcome
{
    Done,

    /// <summary>It was so already; nothing was changed and nothing recorded.</summary>
    WasSo,

    /// <summary>There is no such account.</summary>
    Unknown,

    /// <summary>Nobody does this to himself: a slip would shut him out.</summary>
    Oneself,

    /// <summary>Nobody would be left to give the right back.</summary>
    LastAdministrator,

    /// <summary>Nobody has shown yet that the account's email is his.</summary>
    Unconfirmed,

    /// <summary>Others kept changing the account meanwhile.</summary>
    Overtaken,
}

/// <summary>
/// What an administrator or operator does to somebody's account. It never reads or sets a secret: nobody signs in as
/// another.
/// </summary>
public sealed class AccountAdministration(IAccountStore accounts, RandomSource random, TimeProvider time)
{
    private const int Attempts = 4;

    /// <summary>
    /// Makes an account for somebody who has not asked for it: it has no password, and is confirmed by whoever sets
    /// one with a link from its mailbox. Null: the email has an account.
    /// </summary>
    public async Task<Account?> InviteAsync(string email, Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var account = NewAccount.For(email, random, now);
        var entry = new AuditEntry
        {
            Event = AuditEvent.AccountCreated,
            At = now,
            Caller = caller,
            AccountId = account.Id,
            Detail = "invited",
        };
        return (await accounts.CreateAsync(account, entry, cancellationToken)).IsCommitted ? account : null;
    }

    /// <summary>
    /// Shuts the account: its sessions end in the same commit, its portal cookies with the next click.
    /// </summary>
    public Task<ActOutcome> DisableAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(id, caller, "disabled", account => account.DisabledAt is null, Disable, cancellationToken);

    /// <summary>Opens a disabled account again; what was revoked stays revoked.</summary>
    public Task<ActOutcome> EnableAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            caller,
            "enabled",
            account => account.DisabledAt is not null,
            account => account.DisabledAt = null,
            cancellationToken
        );

    /// <summary>
    /// Gives the right, or takes it. It goes to nobody who has not confirmed his email: anyone may sign up with
    /// anyone's.
    /// </summary>
    public async Task<ActOutcome> SetAdministratorAsync(
        Guid id,
        bool administrator,
        Caller caller,
        CancellationToken cancellationToken
    ) =>
        administrator && await accounts.FindAsync(id, cancellationToken) is { EmailConfirmed: false }
            ? ActOutcome.Unconfirmed
            : await ChangeAsync(
                id,
                caller,
                administrator ? "administrator" : "no administrator",
                account => account.Administrator != administrator,
                account => account.Administrator = administrator,
                cancellationToken
            );

    /// <summary>
    /// Takes the second factor off an account whose owner has lost it; he sets up a new one after he has signed in by
    /// his password.
    /// </summary>
    public Task<ActOutcome> ResetSecondFactorAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        ChangeAsync(
            id,
            caller,
            "second factor reset",
            account => account.TwoFactorEnabled || account.AuthenticatorKey is not null,
            ResetSecondFactor,
            cancellationToken
        );

    private async Task<ActOutcome> ChangeAsync(
        Guid id,
        Caller caller,
        string detail,
        Func<Account, bool> needed,
        Action<Account> change,
        CancellationToken cancellationToken
    )
    {
        if (caller.ActorId == id)
        {
            return ActOutcome.Oneself;
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await accounts.FindAsync(id, cancellationToken) is not { Erased: false } account)
            {
                return ActOutcome.Unknown;
            }

            if (!needed(account))
            {
                return ActOutcome.WasSo;
            }

            change(account);
            var entry = Entry(account, caller, detail);
            switch ((await accounts.SaveAsync(account, NewAccount.NewStamp(random), entry, cancellationToken)).Kind)
            {
                case ReceiptKind.Committed:
                    return ActOutcome.Done;
                case ReceiptKind.Withdrawn:
                    return ActOutcome.LastAdministrator;
            }
        }

        return ActOutcome.Overtaken;
    }

    private void Disable(Account account)
    {
        account.DisabledAt = time.GetUtcNow();
        NewStamp(account);
    }

    private void ResetSecondFactor(Account account)
    {
        account.TakeSecondFactor();
        NewStamp(account);
    }

    private void NewStamp(Account account) => account.SecurityStamp = NewAccount.NewStamp(random);

    private AuditEntry Entry(Account account, Caller caller, string detail) =>
        new()
        {
            Event = AuditEvent.AccountChanged,
            At = time.GetUtcNow(),
            Caller = caller,
            AccountId = account.Id,
            Detail = detail,
        };
}

using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>Audit entries of the portal's sign-ins.</summary>
public sealed class PortalAudit(IAuditLog audit, CurrentCaller caller, TimeProvider time)
{
    public Task SignedInAsync(Account account, string way, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return audit.AppendAsync(Entry(account, AuditEvent.Login) with { Detail = way }, cancellationToken);
    }

    /// <summary>Somebody tried to create an account for an address that has one.</summary>
    public Task SignUpAgainAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return audit.AppendRefusalAsync(
            Entry(account, AuditEvent.AccountCreated) with
            {
                Refused = RefusalCode.InvalidCredentials,
                Detail = "there is one already",
            },
            cancellationToken
        );
    }

    public Task SignedOutEverywhereAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return audit.AppendAsync(
            Entry(account, AuditEvent.AccountChanged) with
            {
                Detail = "signed out everywhere",
            },
            cancellationToken
        );
    }

    private AuditEntry Entry(Account account, AuditEvent what) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = caller.Current,
            AccountId = account.Id,
            Contract = PasswordProof.Contract,
        };
}

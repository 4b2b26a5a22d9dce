using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Accounts;

/// <summary>
/// ASP.NET Core Identity's view of the accounts. Identity changes an <see cref="Account"/> property by property and
/// then saves it once. What was changed decides which audit entry is written. One instance per request.
/// </summary>
public sealed partial class AccountUserStore(
    IAccountStore accounts,
    MasterKeyRing keys,
    RandomSource random,
    TimeProvider time,
    CurrentCaller caller
) : IUserStore<Account>
{
    private readonly Dictionary<Account, (AuditEvent Event, string? Detail)> changes = new(
        ReferenceEqualityComparer.Instance
    );

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Id.ToString("D", CultureInfo.InvariantCulture));

    /// <summary>The email is the user name.</summary>
    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.Email);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) =>
        SetEmailAsync(user, userName, cancellationToken);

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.NormalizedEmail);

    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) =>
        SetNormalizedEmailAsync(user, normalizedName, cancellationToken);

    public async Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, CultureInfo.InvariantCulture, out var id)
            ? await accounts.FindAsync(id, cancellationToken)
            : null;

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        accounts.FindByEmailAsync(normalizedUserName, cancellationToken);

    public async Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken)
    {
        changes.Remove(user);
        var receipt = await accounts.CreateAsync(user, Entry(user, AuditEvent.AccountCreated), cancellationToken);
        return receipt.IsCommitted
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityErrorDescriber().DuplicateEmail(user.Email));
    }

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        var entry = changes.Remove(user, out var change) ? Entry(user, change.Event, change.Detail) : null;
        var stamp = NewAccount.NewStamp(random);
        if (!(await accounts.SaveAsync(user, stamp, entry, cancellationToken)).IsCommitted)
        {
            return IdentityResult.Failed(new IdentityErrorDescriber().ConcurrencyFailure());
        }

        user.ConcurrencyStamp = stamp;
        return IdentityResult.Success;
    }

    /// <summary>Accounts are disabled, not deleted: the audit log refers to them.</summary>
    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(
            IdentityResult.Failed(
                new IdentityError { Code = "NotDeletable", Description = "An account is disabled, not deleted." }
            )
        );

    public void Dispose() { }

    /// <summary>Records what the next save changes. A changed password takes precedence over smaller changes.</summary>
    private Task ChangeAsync(Account user, string detail, AuditEvent what = AuditEvent.AccountChanged)
    {
        if (what is AuditEvent.PasswordChanged || !changes.ContainsKey(user))
        {
            changes[user] = (what, detail);
        }

        return Task.CompletedTask;
    }

    private AuditEntry Entry(Account user, AuditEvent what, string? detail = null) =>
        new()
        {
            Event = what,
            At = time.GetUtcNow(),
            Caller = caller.Current,
            AccountId = user.Id,
            Detail = detail,
        };
}

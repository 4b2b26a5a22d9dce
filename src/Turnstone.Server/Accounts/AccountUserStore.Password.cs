using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Accounts;

public sealed partial class AccountUserStore : IUserPasswordStore<Account>, IUserSecurityStampStore<Account>
{
    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash);

    /// <summary>The account store revokes every session of the account with the save that follows.</summary>
    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return ChangeAsync(
            user,
            passwordHash is null ? "password removed" : "password set",
            AuditEvent.PasswordChanged
        );
    }

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash is not null);

    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.SecurityStamp);

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken)
    {
        user.SecurityStamp = stamp;
        return Task.CompletedTask;
    }
}

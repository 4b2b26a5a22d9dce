using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

public sealed partial class AccountUserStore : IUserEmailStore<Account>
{
    public Task<string?> GetEmailAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.Email);

    public Task SetEmailAsync(Account user, string? email, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(email);
        if (user.Email != email)
        {
            (user.Email, user.EmailChangedAt) = (email, time.GetUtcNow());
        }

        return ChangeAsync(user, "email");
    }

    public Task<string?> GetNormalizedEmailAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.NormalizedEmail);

    /// <summary>Identity computes it at every save. It is not a change by itself.</summary>
    public Task SetNormalizedEmailAsync(Account user, string? normalizedEmail, CancellationToken cancellationToken)
    {
        user.NormalizedEmail = normalizedEmail ?? throw new ArgumentNullException(nameof(normalizedEmail));
        return Task.CompletedTask;
    }

    public Task<Account?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        accounts.FindByEmailAsync(normalizedEmail, cancellationToken);

    public Task<bool> GetEmailConfirmedAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.EmailConfirmed);

    public Task SetEmailConfirmedAsync(Account user, bool confirmed, CancellationToken cancellationToken)
    {
        user.EmailConfirmed = confirmed;
        return ChangeAsync(user, confirmed ? "email confirmed" : "email not confirmed");
    }
}

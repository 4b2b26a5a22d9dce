using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Directory;

/// <summary>
/// What an account has let a client do through one family of contracts. Asked for again only when a client wants more.
/// </summary>
public sealed record Consent(Guid AccountId, string ClientId, string Contract, Scopes Scopes, DateTimeOffset GivenAt)
{
    /// <summary>The registered APIs that it is for, beside that of the settings.</summary>
    public Resources Resources { get; init; } = Resources.None;
}

public interface IConsentStore
{
    Task<Consent?> FindAsync(Guid accountId, string clientId, string contract, CancellationToken cancellationToken);

    Task<IReadOnlyList<Consent>> ListAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the consent in place of an older one, whose scopes stay given beside the new ones as far as they are
    /// within <paramref name="keepable"/>, and whose APIs stay too. The older one is read in the same commit: what is
    /// withdrawn meanwhile does not come back.
    /// </summary>
    Task GiveAsync(Consent consent, Scopes keepable, AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Takes back whatever the account has let the client do: consents, codes not yet used and live sessions end in one
    /// commit. Answers how many sessions ended; null when there was no consent and no session.
    /// </summary>
    Task<Receipt> WithdrawAsync(Guid accountId, string clientId, AuditEntry entry, CancellationToken cancellationToken);
}

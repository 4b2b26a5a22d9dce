using Turnstone.Model;

namespace Turnstone.Directory;

/// <summary>A client acts for an account: it has exchanged tokens of the account's sessions (RFC 8693).</summary>
/// <param name="AccountId">For whom.</param>
/// <param name="ClientId">Who.</param>
/// <param name="Scopes">What the last token may do.</param>
/// <param name="Since">When it began; after a pause without a good token it begins anew.</param>
/// <param name="LastUsedAt">When the last token was issued.</param>
/// <param name="EndsAt">When the last token is dead by itself.</param>
public sealed record Delegation(
    Guid AccountId,
    string ClientId,
    Scopes Scopes,
    DateTimeOffset Since,
    DateTimeOffset LastUsedAt,
    DateTimeOffset EndsAt
)
{
    /// <summary>This one, once more used.</summary>
    public Delegation Then(Delegation later)
    {
        ArgumentNullException.ThrowIfNull(later);
        return later.LastUsedAt < LastUsedAt
            ? later.Then(this)
            : later with
            {
                Since = EndsAt < later.Since ? later.Since : Since,
                EndsAt = later.EndsAt < EndsAt ? EndsAt : later.EndsAt,
            };
    }
}

public interface IDelegationStore
{
    /// <summary>Notes that a client acts, without waiting: it is written within a second.</summary>
    void NoteUse(Delegation delegation);

    /// <summary>Who acts for the account now, the last that began first.</summary>
    Task<IReadOnlyList<Delegation>> ListAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Notes that it has ended: what comes after begins anew.</summary>
    Task EndAsync(Guid accountId, string clientId, CancellationToken cancellationToken);
}

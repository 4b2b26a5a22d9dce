using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Directory;

/// <summary>
/// A one-time code as it is stored. It is consumed in the commit that opens its session (<see
/// cref="Preconditions.CodeHash"/>); a second use finds the session that the first one gave, and revokes it (RFC 6749
/// §4.1.2).
/// </summary>
public sealed record OneTimeCode
{
    public required byte[] Hash { get; init; }

    /// <summary>The family of contracts it may be exchanged in, or the one kind of session within it.</summary>
    public required string Contract { get; init; }

    public required Guid AccountId { get; init; }

    public required long AccountEpoch { get; init; }

    public string? ClientId { get; init; }

    public string? RedirectUri { get; init; }

    /// <summary>The PKCE challenge, S256 (RFC 7636 §4.2).</summary>
    public string? Challenge { get; init; }

    public Scopes Scopes { get; init; } = Scopes.None;

    /// <summary>The APIs that the tokens may be for.</summary>
    public Resources Resources { get; init; } = Resources.None;

    /// <summary>What was allowed in particular (RFC 9396).</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;

    /// <summary>The client's own word for the request, for the ID token.</summary>
    public string? Nonce { get; init; }

    /// <summary>The claims that the ID token has beside its own, as far as the scopes allow.</summary>
    public IReadOnlyList<string> IdTokenClaims { get; init; } = [];

    /// <summary>The key whose proof the exchange needs (RFC 9449 §10); null for none.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>How the one who consented had signed in; null when it is not known.</summary>
    public SignedIn? SignedIn { get; init; }

    /// <summary>When the session ends that it opens, whatever the terms say; null for no such end.</summary>
    public DateTimeOffset? SessionEndsAt { get; init; }

    /// <summary>The claim <c>acr</c> of that sign-in, as it was asked for; null when it is not known.</summary>
    public string? Acr { get; init; }

    /// <summary>Whether access tokens say so too: the client or an API has asked for it.</summary>
    public bool TellsSignIn { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public SessionId? SessionId { get; init; }
}

public interface ICodeStore
{
    Task AddAsync(OneTimeCode code, AuditEntry entry, CancellationToken cancellationToken);

    Task<OneTimeCode?> FindAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken);

    /// <summary>
    /// Removes at most <paramref name="limit"/> codes that ended before; used ones are kept until then so that a second
    /// use is known.
    /// </summary>
    Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

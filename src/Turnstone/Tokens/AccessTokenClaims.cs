using Turnstone.Model;

namespace Turnstone.Tokens;

/// <summary>Who issues tokens and for whom: the claims <c>iss</c> and <c>aud</c> that a reader insists on.</summary>
public sealed record IssuerAndAudience(string Issuer, string Audience)
{
    /// <summary>Whether a token says of which contract it is.</summary>
    public bool NamesContract { get; init; }

    /// <summary>Whether a refresh token says by what its session can be opened again.</summary>
    public bool CarriesOrigin { get; init; } = true;
}

/// <summary>What an access token says. Times are whole seconds on the wire: the fraction is dropped.</summary>
public sealed record AccessTokenClaims
{
    public required string Subject { get; init; }

    /// <summary>The claim <c>holder</c> (<see cref="TokenHolder"/>); null where the subject is not pairwise.</summary>
    public string? Holder { get; init; }

    /// <summary>The account that it acts for; null for a program's own token.</summary>
    public Guid? AccountId
    {
        get => field ?? (Holder is null && Guid.TryParse(Subject, out var account) ? account : null);
        init;
    }

    public required string Audience { get; init; }

    public string? ClientId { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The claim <c>jti</c>.</summary>
    public required string TokenId { get; init; }

    /// <summary>The claim <c>sid</c>: what a revocation names.</summary>
    public required SessionId SessionId { get; init; }

    public required Scopes Scopes { get; init; }

    /// <summary>
    /// The claim <c>contract</c>: the family of contracts of the session; null where it is not named.
    /// </summary>
    public string? Contract { get; init; }

    /// <summary>The claim <c>api_key_id</c>: the API key that the session was opened with.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>
    /// The claim <c>subscription</c>: the subscription, and which of its keys the session was opened with.
    /// </summary>
    public (Guid Id, SubscriptionKeySlot Key)? Subscription { get; init; }

    /// <summary>The claim <c>product</c>: the name of the subscription's product.</summary>
    public string? Product { get; init; }

    /// <summary>The claim <c>authorization_details</c> (RFC 9396 §9.1).</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;

    /// <summary>The claims <c>auth_time</c>, <c>acr</c> and <c>amr</c>; null where nobody has asked for them.</summary>
    public Authentication? Authentication { get; init; }

    /// <summary>
    /// The claim <c>cnf</c> with its <c>jkt</c> (RFC 9449 §6): the key whose possession has to be proven wherever the
    /// token is used; null for one that whoever bears it may use.
    /// </summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>
    /// The claim <c>opened_after</c>: the number of the last mark when the session was opened; null where there was
    /// none.
    /// </summary>
    public long? OpenedAfter { get; init; }

    /// <summary>
    /// A token without the claim was issued by a server that knew no marks: its time stands for their number.
    /// </summary>
    public long SessionOpenedAfter => OpenedAfter ?? IssuedAt.ToUnixTimeSeconds() * 1_000_000;

    /// <summary>The claim <c>act</c> (RFC 8693 §4.1): who acts for the subject; null where nobody does.</summary>
    public ActorClaim? Actor { get; init; }

    /// <summary>The claim <c>exchanged_from</c>; null for a token that was not exchanged (RFC 8693).</summary>
    public ExchangedFrom? ExchangedFrom { get; init; }
}

using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Grants;

/// <summary>What a live token is good for (RFC 7662 §2.2).</summary>
public sealed record TokenFacts
{
    public required string Subject { get; init; }

    /// <summary>The account behind the subject; null where there is none.</summary>
    public Guid? AccountId { get; init; }

    public required Scopes Scopes { get; init; }

    public string? ClientId { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What it is for: of an access token one API, of a refresh token all of its session's.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>The claim <c>jti</c>; null for a refresh token, which has no name of its own.</summary>
    public string? TokenId { get; init; }

    /// <summary>Who acts for the subject (RFC 8693 §4.1); null where nobody does.</summary>
    public ActorClaim? Actor { get; init; }

    /// <summary>The key that the token is bound to (RFC 9449 §6.2); null for none.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>What an access token is for in particular (RFC 9396 §9.2).</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;

    /// <summary>How the person signed in, where the token says so (RFC 9470 §6.2).</summary>
    public Authentication? Authentication { get; init; }

    /// <summary>The email of the person, where the scopes tell it.</summary>
    public string? Username { get; init; }
}

/// <summary>
/// Tells a client what a token is good for. An access token is judged as every guard judges one, from memory; a refresh
/// token by the same decision as a refresh, of which nothing is written. Only the client that holds a refresh token is
/// told about it, and who asks as an API only about the API's own tokens.
/// </summary>
public sealed class TokenIntrospection(
    AccessTokenReader reader,
    ISessionStore sessions,
    IAccountStore accounts,
    MasterKeyRing keys,
    ContractTerms contracts,
    Apis apis,
    RequestLimits limits,
    TimeProvider time
)
{
    private static readonly Refusal MayNotAsk = new(
        RefusalCode.UnauthorizedClient,
        "The client may not ask about tokens.",
        "Ask the provider to register it for introspection."
    );

    /// <summary>Null if the client may ask now.</summary>
    public Refusal? RefuseAsking(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return !client.Public && (client.MayIntrospect || !apis.AskedAs(client.Id).IsEmpty)
            ? limits.Take($"introspect:{client.Id}")
            : MayNotAsk;
    }

    /// <summary>Null for whatever is not a live token that the client may know of.</summary>
    public async ValueTask<TokenFacts?> FindAsync(
        string token,
        Client client,
        Terms terms,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        var facts = RefreshToken.TryRead(token, keys, out var refresh)
            ? await OfRefreshAsync(refresh, client, terms, cancellationToken)
            : OfAccess(reader.ReadAny(token), client);
        return facts is not null && TellsEmail(facts.Scopes)
            ? facts with
            {
                Username = await EmailAsync(facts.AccountId, cancellationToken),
            }
            : facts;
    }

    private TokenFacts? OfAccess(AccessTokenReading reading, Client client) =>
        reading.Good(out var claims) && MayKnow(client, claims.Audience)
            ? new TokenFacts
            {
                Subject = claims.Subject,
                AccountId = claims.AccountId,
                Scopes = claims.Scopes,
                ClientId = claims.ClientId,
                IssuedAt = claims.IssuedAt,
                ExpiresAt = claims.ExpiresAt,
                TokenId = claims.TokenId,
                Actor = claims.Actor,
                Audiences = [claims.Audience],
                Authentication = claims.Authentication,
                KeyThumbprint = claims.KeyThumbprint,
                Details = claims.Details,
            }
            : null;

    // A client that may ask without being an API's asks about the API of the settings.
    private bool MayKnow(Client client, string audience)
    {
        foreach (var api in apis.AskedAs(client.Id))
        {
            if (api.Identifier == audience)
            {
                return true;
            }
        }

        return client.MayIntrospect && audience == apis.Default.Identifier;
    }

    private async ValueTask<TokenFacts?> OfRefreshAsync(
        RefreshToken token,
        Client client,
        Terms terms,
        CancellationToken cancellationToken
    )
    {
        var session = await sessions.FindAsync(token.Session, cancellationToken);

        // Who asks need not hold the key: it is told which one it is.
        var attempt = new RefreshAttempt(
            token,
            client.Id,
            KeyHash: null,
            terms.For(client),
            Family: contracts.FamilyOf(terms, client)
        )
        {
            KeyThumbprint = session?.KeyThumbprint,
            ClientProven = true,
        };
        var decision = Rotation.Decide(session, attempt, time.GetUtcNow());
        return session is not null && (decision.Grants || decision.Kind is RotationKind.TooEarly)
            ? new TokenFacts
            {
                Subject = session.Subject,
                AccountId = session.AccountId,
                Scopes = session.Scopes,
                ClientId = session.ClientId,
                IssuedAt = session.AdvancedAt,
                ExpiresAt = session.RefreshExpiresAt,
                Audiences = session.Resources.IsEmpty ? [apis.Default.Identifier] : session.Resources.Identifiers,
                KeyThumbprint = session.KeyThumbprint,
            }
            : null;
    }

    // As userinfo tells it: to who has asked for the person and for the address.
    private static bool TellsEmail(Scopes scopes) =>
        scopes.Contains(IdentityScopes.OpenId) && scopes.Contains(IdentityScopes.Email);

    private async ValueTask<string?> EmailAsync(Guid? accountId, CancellationToken cancellationToken) =>
        accountId is { } id && await accounts.FindAsync(id, cancellationToken) is { DisabledAt: null } account
            ? account.Email
            : null;
}

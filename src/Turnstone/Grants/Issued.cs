using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Grants;

/// <summary>
/// What every grant ends with: an access token, the refresh token that goes with it, and the session behind both.
/// </summary>
/// <param name="AccessToken">The JWT.</param>
/// <param name="RefreshToken">Null when the session cannot be refreshed.</param>
/// <param name="Session">The row, as committed.</param>
/// <param name="Scopes">The access token's scopes: the session's, or fewer where fewer were asked for.</param>
/// <param name="Now">The moment of the answer, from which times that are left are counted.</param>
public sealed record Issued(
    string AccessToken,
    string? RefreshToken,
    Session Session,
    Scopes Scopes,
    DateTimeOffset Now
)
{
    /// <summary>The account's email, where the request asked for it.</summary>
    public string? Email { get; init; }

    /// <summary>Who signed in, for the client; null where the request did not ask for it.</summary>
    public string? IdToken { get; init; }

    /// <summary>Whether the access token is bound to a key (RFC 9449 §5), and is none for a mere bearer.</summary>
    public bool Bound { get; init; }

    /// <summary>What the access token is for in particular (RFC 9396 §7).</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;

    /// <summary>Whole seconds that the access token is still good.</summary>
    public long AccessSecondsLeft => SecondsUntil(Session.AccessExpiresAt);

    /// <summary>Whole seconds that the refresh token is still good.</summary>
    public long RefreshSecondsLeft => SecondsUntil(Session.RefreshExpiresAt);

    /// <summary>Never shows a token: this record is close to loggers.</summary>
    public override string ToString() => $"tokens of session {Session.Id}, generation {Session.Generation}";

    private long SecondsUntil(DateTimeOffset end) => Math.Max(0, end.ToUnixTimeSeconds() - Now.ToUnixTimeSeconds());
}

using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Own;

/// <summary>A token that was signed here, and what became of it.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Claims">What it says; null for a refresh token.</param>
/// <param name="Refresh">The refresh token; null for an access token.</param>
/// <param name="Fault">Why an access token opens nothing; null for a good one.</param>
internal sealed record Shown(
    SessionId Session,
    AccessTokenClaims? Claims,
    RefreshToken? Refresh,
    AccessTokenFault? Fault
);

/// <summary>
/// Reads the token after <c>Bearer</c>. A refresh token proves whose it is by its tag and an access token by its
/// signature, so nothing that is made up is looked up.
/// </summary>
internal sealed class ShownToken(AccessTokenReader reader, MasterKeyRing keys, RequestLimits limits)
{
    public (Shown? Token, JsonAnswer? Refused) Read(HttpContext context)
    {
        var text = RequestFacts.AccessToken(context.Request, bare: false).ToString();
        if (text.Length == 0)
        {
            return (null, Refused(AccessTokenFault.Missing));
        }

        var shown = RefreshToken.TryRead(text, keys, out var refresh)
            ? new Shown(refresh.Session, null, refresh, null)
            : OfAccess(text);
        return shown is null ? (null, Refused(AccessTokenFault.Malformed))
            : limits.Take(LimitKey(shown)) is { } tooMany ? (null, OAuthError.Of(tooMany))
            : (shown, null);
    }

    /// <summary>The challenge tells an expired token from every other bad one.</summary>
    public static JsonAnswer Refused(AccessTokenFault fault) =>
        OAuthError.Of(
            StatusCodes.Status401Unauthorized,
            "invalid_token",
            BearerChallenge.Describe(fault),
            challenge: BearerChallenge.For(fault),
            invalid: true
        );

    // Each API has seen the access token, and must not keep the session's holder from asking and ending.
    private static string LimitKey(Shown shown) =>
        shown.Refresh is null ? $"own:{shown.Session}" : $"own-refresh:{shown.Session}";

    private Shown? OfAccess(string text)
    {
        var (claims, fault) = reader.ReadPast(text);
        return claims is null ? null : new(claims.SessionId, claims, null, fault);
    }
}

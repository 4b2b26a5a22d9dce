using Turnstone.AccessTokens;
using Turnstone.Server.Dialects.Common;

namespace Turnstone.Server.Dialects.OAuthV1;

/// <summary><c>GET /v1/oauth/token</c>: whether an access token is good, and for how long.</summary>
internal static class Validate
{
    public static IResult Answer(HttpRequest request, AccessTokenReader reader, TimeProvider time)
    {
        var token = RequestFacts.AccessToken(request, bare: false);
        var reading = reader.Read(token);
        return reading.Good(out var claims)
            ? Answers.Valid(token!, Math.Max(0, claims.ExpiresAt.ToUnixTimeSeconds() - time.GetUtcNow().ToUnixTimeSeconds()))
            : Answers.NotValid(reading.Fault!.Value);
    }
}

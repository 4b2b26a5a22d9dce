using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary><c>GET /v1/oauth/token</c>: whether an access token is good, and for how long.</summary>
internal sealed class Validate(AccessTokenReader reader, ValidatedToken validated, TimeProvider time)
{
    public IResult Answer(HttpContext context)
    {
        var token = RequestFacts.AccessToken(context.Request, bare: false);
        var reading = reader.Read(token);
        return reading.Good(out var claims)
            ? Answers.Valid(
                token.ToString(),
                Math.Max(0, claims.ExpiresAt.ToUnixTimeSeconds() - time.GetUtcNow().ToUnixTimeSeconds()),
                json => validated.Write(json, claims)
            )
            : Answers.NotValid(reading.Fault!.Value);
    }
}

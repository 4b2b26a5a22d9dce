using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary><c>GET /.well-known/jwks.json</c> (RFC 7517 §5).</summary>
internal sealed class Keys(JsonWebKeys keys)
{
    public const string MediaType = "application/jwk-set+json";

    public IResult Answer(HttpContext context) => Published.Document(context.Response, keys.Document, MediaType);
}

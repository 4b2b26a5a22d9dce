using Turnstone.Keys;

namespace Turnstone.Server.Dialects.OAuth2;

/// <summary><c>GET /.well-known/jwks.json</c> (RFC 7517 §5).</summary>
internal static class Keys
{
    public const string MediaType = "application/jwk-set+json";

    public static IResult Answer(HttpResponse response, JsonWebKeys keys) => Published.Document(response, keys.Document, MediaType);
}

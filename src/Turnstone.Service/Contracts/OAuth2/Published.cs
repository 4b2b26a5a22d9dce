using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using Turnstone.Model;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// A document that anybody may read, from any origin, and keep for an hour; after that an ETag saves sending it again.
/// </summary>
internal static class Published
{
    // Well under the day for which a copy may be trusted (KeyCalendar.VerifierMemory).
    private const string CacheControl = "public, max-age=3600";

    public static IResult Document(HttpResponse response, ReadOnlyMemory<byte> document, string mediaType)
    {
        response.Headers.CacheControl = CacheControl;
        response.Headers.Remove(HeaderNames.Pragma);
        response.Headers.AccessControlAllowOrigin = "*";
        var tag = new EntityTagHeaderValue($"\"{Base64UrlText.Encode(SHA256.HashData(document.Span).AsSpan(0, 16))}\"");
        return Results.Bytes(document, mediaType, entityTag: tag);
    }
}

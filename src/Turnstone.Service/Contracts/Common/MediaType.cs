using Microsoft.Net.Http.Headers;

namespace Turnstone.Server.Contracts.Common;

/// <summary>The media type of a request: the type asked for, in UTF-8 or without a charset.</summary>
internal static class MediaType
{
    public static bool Is(HttpRequest request, string expected) =>
        string.Equals(request.ContentType, expected, StringComparison.OrdinalIgnoreCase)
        || (
            MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals(expected, StringComparison.OrdinalIgnoreCase)
            && (
                !type.Charset.HasValue
                || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            )
        );
}

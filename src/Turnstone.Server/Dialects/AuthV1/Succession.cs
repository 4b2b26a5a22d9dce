using System.Globalization;

namespace Turnstone.Server.Dialects.AuthV1;

/// <summary>That this contract has had its day: since when, until when, and what to move to.</summary>
/// <param name="Deprecated">Since when it is deprecated (RFC 9745).</param>
/// <param name="Sunset">When it will be gone (RFC 8594).</param>
/// <param name="Successor">The page of the contract to move to, as a URI or a path.</param>
public sealed record Succession(DateTimeOffset Deprecated, DateTimeOffset Sunset, string Successor)
{
    /// <summary>Says so on an answer.</summary>
    internal void Tell(IHeaderDictionary headers)
    {
        headers["Deprecation"] = string.Create(CultureInfo.InvariantCulture, $"@{Deprecated.ToUnixTimeSeconds()}");
        headers["Sunset"] = Sunset.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        headers.Link = $"<{Successor}>; rel=\"successor-version\"";
    }
}

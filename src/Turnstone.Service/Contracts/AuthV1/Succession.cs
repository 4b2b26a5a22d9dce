using System.Globalization;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.AuthV1;

/// <summary>That this contract has had its day: since when, until when, and what to move to.</summary>
/// <param name="Deprecated">Since when it is deprecated (RFC 9745).</param>
/// <param name="Sunset">When it will be gone (RFC 8594).</param>
/// <param name="Successor">The page of the contract to move to, as a URI or a path; null where it is switched
/// off.</param>
public sealed record Succession(DateTimeOffset Deprecated, DateTimeOffset Sunset, string? Successor)
{
    private readonly string deprecation = string.Create(
        CultureInfo.InvariantCulture,
        $"@{Deprecated.ToUnixTimeSeconds()}"
    );
    private readonly string sunset = Sunset.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
    private readonly string? link = Successor is null ? null : $"<{Successor}>; rel=\"successor-version\"";

    /// <summary>The same call, whose answer says so.</summary>
    internal Call ToldBy(Call call) =>
        context =>
        {
            var headers = context.Response.Headers;
            headers["Deprecation"] = deprecation;
            headers["Sunset"] = sunset;
            headers.Link = link;
            return call(context);
        };
}

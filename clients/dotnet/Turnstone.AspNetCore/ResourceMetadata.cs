using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Turnstone.AspNetCore.Dpop;

namespace Turnstone.AspNetCore;

/// <summary>
/// What a client has to know of this API (RFC 9728), where §3.1 puts it. Only for an API whose identifier is an
/// address: of others the issuer says it.
/// </summary>
internal static class ResourceMetadata
{
    private const string WellKnown = "/.well-known/oauth-protected-resource";

    /// <summary>Where it is; null where there is none.</summary>
    public static string? AddressOf(Guard guard) =>
        Identifier(guard) is { } resource
            ? resource.GetLeftPart(UriPartial.Authority) + WellKnown + PathOf(resource) + resource.Query
            : null;

    /// <summary>False for a request that is for something else.</summary>
    public static async Task<bool> TryAnswerAsync(HttpContext context, Guard guard)
    {
        var request = context.Request;
        if (
            !request.Path.StartsWithSegments(WellKnown)
            || !HttpMethods.IsGet(request.Method)
            || Identifier(guard) is not { } resource
            || (request.PathBase + request.Path).ToUriComponent() != WellKnown + PathOf(resource)
        )
        {
            return false;
        }

        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "max-age=300";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("resource", guard.Keys.Audience);
        Write(json, "authorization_servers", [guard.Options.Issuer]);
        Write(json, "scopes_supported", guard.Options.Scopes);
        Write(json, "bearer_methods_supported", ["header"]);
        Write(json, "dpop_signing_alg_values_supported", ProofCheck.Algorithms);
        json.WriteEndObject();
        return true;
    }

    private static Uri? Identifier(Guard guard) =>
        Uri.TryCreate(guard.Options.Audience, UriKind.Absolute, out var resource)
        && (resource.Scheme == Uri.UriSchemeHttps || resource.Scheme == Uri.UriSchemeHttp)
            ? resource
            : null;

    private static string PathOf(Uri resource) => resource.AbsolutePath == "/" ? "" : resource.AbsolutePath;

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}

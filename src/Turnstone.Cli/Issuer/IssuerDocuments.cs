using System.Text.Json;

namespace Turnstone.Cli.Issuer;

/// <summary>What a server publishes of itself: its metadata (RFC 8414) and its keys (RFC 7517).</summary>
internal sealed class IssuerDocuments(HttpClient http, Uri server)
{
    private static readonly string[] Places =
    [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ];

    public Uri At(string path) => new(server.AbsoluteUri.TrimEnd('/') + path);

    /// <summary>The metadata; null where the server publishes none.</summary>
    public async Task<Metadata?> TryMetadataAsync(CancellationToken cancellationToken)
    {
        foreach (var place in Places)
        {
            using var answer = await http.GetAsync(At(place), cancellationToken);
            var document = await Answers.ReadAsync(answer, cancellationToken);
            if (answer.IsSuccessStatusCode && Answers.Text(document, "issuer") is { } issuer)
            {
                return new Metadata(document, issuer, server);
            }
        }

        return null;
    }

    /// <summary>The keys by which the server's tokens are known.</summary>
    public async Task<IReadOnlyList<IssuerKey>> KeysAsync(Metadata? metadata, CancellationToken cancellationToken)
    {
        var place = metadata?.Endpoint("jwks_uri") ?? At("/.well-known/jwks.json");
        using var answer = await http.GetAsync(place, cancellationToken);
        var document = await Answers.ReadAsync(answer, cancellationToken);
        return
            answer.IsSuccessStatusCode
            && document.ValueKind is JsonValueKind.Object
            && document.TryGetProperty("keys", out var keys)
            && keys.ValueKind is JsonValueKind.Array
            ? [.. keys.EnumerateArray().Select(IssuerKey.Read).OfType<IssuerKey>()]
            : [];
    }
}

/// <summary>A server's metadata.</summary>
/// <param name="Document">As it was published.</param>
/// <param name="Issuer">The name that its tokens bear.</param>
/// <param name="Server">Where it was asked.</param>
internal sealed record Metadata(JsonElement Document, string Issuer, Uri Server)
{
    /// <summary>Whether the answers of its authorization endpoint say who gives them (RFC 9207).</summary>
    public bool NamesItselfInAnswers =>
        Document.TryGetProperty("authorization_response_iss_parameter_supported", out var said)
        && said.ValueKind is JsonValueKind.True;

    /// <summary>Whether an address is at the server that was asked, or at that of the issuer's name.</summary>
    public bool IsOwn(Uri place) => IsAt(place, Server) || (ServerOf(Issuer) is { } named && IsAt(place, named));

    /// <summary>
    /// An address of the document. One below the issuer's name is asked for where the server is asked, because that is
    /// whom the profile trusts; another is taken if it is encrypted or on this machine.
    /// </summary>
    public Uri? Endpoint(string name)
    {
        if (Answers.Text(Document, name) is not { } text)
        {
            return null;
        }

        var own = Issuer.TrimEnd('/') + '/';
        if (text.StartsWith(own, StringComparison.Ordinal))
        {
            return new Uri(Server.AbsoluteUri.TrimEnd('/') + '/' + text[own.Length..]);
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && ServerAddress.MayCarryTokens(uri) ? uri : null;
    }

    private static bool IsAt(Uri place, Uri server) =>
        place.GetLeftPart(UriPartial.Authority) == server.GetLeftPart(UriPartial.Authority);

    private static Uri? ServerOf(string issuer) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var named) ? named : null;
}

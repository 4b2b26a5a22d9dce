using System.Net;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>What an address has answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Json">The body; null where it is no JSON by its type, too long, or compressed.</param>
/// <param name="FreshFor">For how long it may be remembered.</param>
internal sealed record OutboundDocument(HttpStatusCode Status, byte[]? Json, TimeSpan FreshFor)
{
    /// <summary>The most bytes that are read.</summary>
    public const int Largest = 64 * 1024;

    public static async Task<OutboundDocument> ReadAsync(
        HttpResponseMessage answer,
        CancellationToken cancellationToken
    )
    {
        var json =
            answer.StatusCode is HttpStatusCode.OK && IsJson(answer.Content)
                ? await BodyAsync(answer.Content, cancellationToken)
                : null;
        return new(answer.StatusCode, json, Freshness.Of(answer));
    }

    // Nothing is unpacked: what was sent small must not become large here.
    private static bool IsJson(HttpContent content) =>
        content.Headers.ContentEncoding.Count == 0
        && content.Headers.ContentType?.MediaType is { } type
        && (
            type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (
                type.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
                && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            )
        );

    private static async Task<byte[]?> BodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > Largest)
        {
            return null;
        }

        using var body = new MemoryStream();
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var part = new byte[8 * 1024];
        while (await stream.ReadAsync(part, cancellationToken) is var count and > 0)
        {
            if (body.Length + count > Largest)
            {
                return null;
            }

            await body.WriteAsync(part.AsMemory(0, count), cancellationToken);
        }

        return body.ToArray();
    }
}

using System.Reflection;
using System.Security.Cryptography;

namespace Turnstone.Server.Reference;

/// <summary>
/// The page's own stylesheets and script; the portal's would restyle Swagger UI. The file name contains the hash, so
/// browsers can cache it for ever.
/// </summary>
public sealed record ReferenceFile(string Name, byte[] Bytes, string MediaType)
{
    public static readonly ReferenceFile Style = Read("reference.css", "text/css; charset=utf-8");
    public static readonly ReferenceFile Dark = Read("reference-dark.css", "text/css; charset=utf-8");
    public static readonly ReferenceFile Script = Read("reference.js", "text/javascript; charset=utf-8");

    public string Url => $"{ReferencePages.Root}/{Name}";

    public static IReadOnlyList<ReferenceFile> All { get; } = [Style, Dark, Script];

    public IResult Answer(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(Bytes, MediaType);
    }

    private static ReferenceFile Read(string name, string mediaType)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream($"reference/{name}")
            ?? throw new FileNotFoundException(name);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8));
        return new(name.Replace(".", $"-{hash}.", StringComparison.Ordinal), bytes, mediaType);
    }
}

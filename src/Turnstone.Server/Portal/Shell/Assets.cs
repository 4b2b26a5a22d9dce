using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// The stylesheet and the script of the portal. Each feature has its own beside its pages; here they are joined to one
/// file each. The file name contains the hash, so browsers can cache it for ever.
/// </summary>
public sealed class Assets
{
    private readonly Dictionary<string, (byte[] Bytes, string MediaType)> files;

    public Assets()
    {
        var style = Gather(".css");
        var script = Gather(".js");
        var mark = Gather(".svg");
        (Style, Script, Mark) = (
            FileName("portal", style, "css"),
            FileName("portal", script, "js"),
            FileName("mark", mark, "svg")
        );
        files = new()
        {
            [Style] = (style, "text/css; charset=utf-8"),
            [Script] = (script, "text/javascript; charset=utf-8"),
            [Mark] = (mark, "image/svg+xml"),
        };
    }

    public string Style { get; }

    public string Script { get; }

    public string Mark { get; }

    public const string Root = $"{PortalRoutes.Root}/assets";

    public static string Url(string name) => $"{Root}/{name}";

    public IResult Answer(string name, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!files.TryGetValue(name, out var file))
        {
            return Results.StatusCode(StatusCodes.Status404NotFound);
        }

        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(file.Bytes, file.MediaType);
    }

    // The shell's files come first, so a feature's rules take precedence.
    private static byte[] Gather(string ending)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var text = new StringBuilder();
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(name =>
                    name.StartsWith("portal/", StringComparison.Ordinal)
                    && name.EndsWith(ending, StringComparison.Ordinal)
                )
                .OrderBy(name => name.Contains("/Shell/", StringComparison.Ordinal) ? 0 : 1)
                .ThenBy(name => name, StringComparer.Ordinal)
        )
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            text.Append(reader.ReadToEnd());
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string FileName(string name, byte[] bytes, string ending) =>
        $"{name}-{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}.{ending}";
}

using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// The stylesheet and the script of the portal. Each feature has its own beside its pages; here they are joined to one
/// file each. The file name contains the hash, so browsers can cache it for ever.
/// </summary>
public sealed class Assets
{
    // An image of its own may hold what runs as a page; it is only ever shown as an image.
    private const string ImagePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

    private readonly Dictionary<string, (byte[] Bytes, string MediaType)> files;

    public Assets(TurnstoneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var brand = settings.Portal.Brand;
        var style = Gather(".css");
        var script = Gather(".js");
        var (mark, kind) =
            brand.Logo.Length > 0
                ? (File.ReadAllBytes(brand.Logo), Path.GetExtension(brand.Logo)[1..])
                : (Gather(".svg"), "svg");
        (Style, Script, Mark) = (
            FileName("portal", style, "css"),
            FileName("portal", script, "js"),
            FileName("mark", mark, kind)
        );
        files = new()
        {
            [Style] = (style, "text/css; charset=utf-8"),
            [Script] = (script, "text/javascript; charset=utf-8"),
            [Mark] = (mark, kind == "svg" ? "image/svg+xml" : "image/png"),
        };
        if (brand.Colours is var (light, dark))
        {
            var colours = Encoding.UTF8.GetBytes(
                $":root{{{Variables(light)}}}@media (prefers-color-scheme:dark){{:root{{{Variables(dark)}}}}}"
            );
            Colours = FileName("colours", colours, "css");
            files[Colours] = (colours, "text/css; charset=utf-8");
        }
    }

    public string Style { get; }

    /// <summary>The stylesheet with the operator's colours, which comes after the others; null for none.</summary>
    public string? Colours { get; }

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
        if (name == Mark)
        {
            context.Response.Headers.ContentSecurityPolicy = ImagePolicy;
        }

        return Results.Bytes(file.Bytes, file.MediaType);
    }

    private static string Variables(AccentColours of) =>
        $"--accent:{of.Accent};--accent-strong:{of.Strong};--on-accent:{of.OnAccent};--accent-wash:{of.Wash}";

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

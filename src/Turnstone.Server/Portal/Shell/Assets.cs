using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Shell;

/// <summary>The files of a brand.</summary>
/// <param name="Mark">The logo.</param>
/// <param name="Colours">The stylesheet with its colours, which comes after the others; null for none.</param>
public sealed record Look(string Mark, string? Colours);

/// <summary>
/// The stylesheet and the script of the portal. Each feature has its own beside its pages; here they are joined to one
/// file each. The file name contains the hash, so browsers can cache it for ever.
/// </summary>
public sealed class Assets
{
    private const string StyleType = "text/css; charset=utf-8";

    // An image of its own may hold what runs as a page; it is only ever shown as an image.
    private const string ImagePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

    private readonly Dictionary<string, (byte[] Bytes, string MediaType)> files;

    public Assets(TurnstoneSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var style = Gather(".css");
        var script = Gather(".js");
        (Style, Script) = (FileName("portal", style, "css"), FileName("portal", script, "js"));
        files = new() { [Style] = (style, StyleType), [Script] = (script, "text/javascript; charset=utf-8") };
        Public = Add(settings.Portal.Brand);
        Preview = settings.Portal.Preview.HasBrand ? Add(settings.Portal.Preview.Brand) : Public;
    }

    public string Style { get; }

    public string Script { get; }

    public Look Public { get; }

    /// <summary>That of the administrators' preview.</summary>
    public Look Preview { get; }

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
        if (name == Public.Mark || name == Preview.Mark)
        {
            context.Response.Headers.ContentSecurityPolicy = ImagePolicy;
        }

        return Results.Bytes(file.Bytes, file.MediaType);
    }

    private Look Add(BrandSettings brand)
    {
        var (bytes, kind) =
            brand.Logo.Length > 0
                ? (File.ReadAllBytes(brand.Logo), Path.GetExtension(brand.Logo)[1..])
                : (Gather(".svg"), "svg");
        var mark = FileName("mark", bytes, kind);
        files[mark] = (bytes, kind == "svg" ? "image/svg+xml" : "image/png");
        if (brand.Colours is not var (light, dark))
        {
            return new(mark, null);
        }

        var colours = Encoding.UTF8.GetBytes(
            $":root{{{Variables(light)}}}@media (prefers-color-scheme:dark){{:root{{{Variables(dark)}}}}}"
        );
        var name = FileName("colours", colours, "css");
        files[name] = (colours, StyleType);
        return new(mark, name);
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

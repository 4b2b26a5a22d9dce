using System.Text.RegularExpressions;

namespace Turnstone.Server.Portal.Guides;

/// <summary>The Markdown files and the images of one folder.</summary>
/// <param name="setting">The setting that names the folder.</param>
internal sealed partial class GuideFolder(string setting)
{
    private const int LargestImage = 2 * 1024 * 1024;

    private readonly List<string> problems = [];
    private readonly List<OwnGuide> guides = [];
    private readonly Dictionary<string, (byte[] Bytes, string MediaType)> images = [];

    private static readonly Dictionary<string, string> MediaTypes = new()
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".webp"] = "image/webp",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>What is wrong with its files.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Those of a language: its own file, or the one for all, or another one.</summary>
    public IReadOnlyList<OwnGuide> Of(string language) =>
        [
            .. guides
                .GroupBy(guide => guide.Slug)
                .Select(of =>
                    of.MinBy(guide =>
                        guide.Language == language ? 0
                        : guide.Language is null ? 1
                        : 2
                    )!
                )
                .OrderBy(guide => guide.Slug, StringComparer.Ordinal),
        ];

    /// <summary>An image; the policy of the pages holds for it too, so an SVG runs nothing.</summary>
    public IResult? Image(string name) =>
        images.TryGetValue(name, out var image) ? Results.Bytes(image.Bytes, image.MediaType) : null;

    public void Read(string folder)
    {
        if (folder.Length == 0)
        {
            return;
        }

        if (!System.IO.Directory.Exists(folder))
        {
            problems.Add($"{setting} names \"{folder}\", which is no folder: give one of Markdown files.");
            return;
        }

        var files = System.IO.Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files.Where(file => MediaTypes.ContainsKey(Path.GetExtension(file))))
        {
            ReadImage(file);
        }

        var texts = files.Where(file => Path.GetExtension(file) == ".md").ToList();
        var slugs = texts.Select(file => Name().Match(Path.GetFileName(file)).Groups["slug"].Value).ToHashSet();
        foreach (var file in texts)
        {
            ReadText(file, new GuideMarkdown(slugs, images.Keys));
        }
    }

    private void ReadImage(string file)
    {
        if (new FileInfo(file).Length > LargestImage)
        {
            Note(file, "has more than 2 MiB.");
        }
        else
        {
            images[Path.GetFileName(file)] = (File.ReadAllBytes(file), MediaTypes[Path.GetExtension(file)]);
        }
    }

    private void ReadText(string file, GuideMarkdown markdown)
    {
        var name = Name().Match(Path.GetFileName(file));
        var slug = name.Groups["slug"].Value;
        if (!name.Success || Guide.Find(slug) is not null)
        {
            Note(
                file,
                "needs another name: small letters, digits and hyphens, then .md, .en.md or .de.md, and not the name "
                    + "of one of the portal's own guides."
            );
            return;
        }

        var (title, lead, html) = markdown.Render(File.ReadAllText(file));
        foreach (var problem in markdown.Problems)
        {
            Note(file, problem);
        }

        var language = name.Groups["language"] is { Success: true } given ? given.Value : null;
        guides.Add(new OwnGuide(slug, language, title, lead, html));
    }

    private void Note(string file, string problem) => problems.Add($"{setting}: {Path.GetFileName(file)} {problem}");

    [GeneratedRegex(@"^(?<slug>[a-z0-9-]+)(\.(?<language>en|de))?\.md$")]
    private static partial Regex Name();
}

using System.Text.RegularExpressions;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Guides;

/// <summary>A guide of the operator's own, in one language.</summary>
/// <param name="Slug">The end of its path.</param>
/// <param name="Language">The language that its file names; null for one file for all languages.</param>
/// <param name="Title">Its first heading.</param>
/// <param name="Lead">Its first paragraph, as text.</param>
/// <param name="Html">What follows.</param>
public sealed record OwnGuide(string Slug, string? Language, string Title, string Lead, string Html)
{
    public string Path => $"{Guide.Root}/{Slug}";
}

/// <summary>
/// The operator's own guides: the Markdown files and the images of one folder, read once at start. A file that would
/// break a page stops the start with a sentence.
/// </summary>
public sealed partial class OwnGuides(TurnstoneSettings settings) : IPreparationStep
{
    public const string ImageRoot = $"{Guide.Root}/images";

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

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        Read(settings.Portal.Guides);
        return problems.Count == 0 ? Task.CompletedTask : throw new SettingsException(problems);
    }

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

    public OwnGuide? Find(string slug, string language) => Of(language).FirstOrDefault(guide => guide.Slug == slug);

    /// <summary>An image; the policy of the pages holds for it too, so an SVG runs nothing.</summary>
    public IResult Image(string name) =>
        images.TryGetValue(name, out var image)
            ? Results.Bytes(image.Bytes, image.MediaType)
            : Results.StatusCode(StatusCodes.Status404NotFound);

    private void Read(string folder)
    {
        if (folder.Length == 0)
        {
            return;
        }

        if (!System.IO.Directory.Exists(folder))
        {
            problems.Add(
                $"Turnstone:Portal:Guides names \"{folder}\", which is no folder: give one of Markdown files."
            );
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

    private void Note(string file, string problem) =>
        problems.Add($"Turnstone:Portal:Guides: {Path.GetFileName(file)} {problem}");

    [GeneratedRegex(@"^(?<slug>[a-z0-9-]+)(\.(?<language>en|de))?\.md$")]
    private static partial Regex Name();
}

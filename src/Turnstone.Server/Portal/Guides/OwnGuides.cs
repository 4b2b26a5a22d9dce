using Turnstone.Server.Hosting;
using Turnstone.Server.Portal.Shell;
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
/// The operator's own guides, read once at start, and those that administrators see before the others. A file that
/// would break a page stops the start with a sentence.
/// </summary>
public sealed class OwnGuides(TurnstoneSettings settings, Preview preview) : IPreparationStep
{
    public const string ImageRoot = $"{Guide.Root}/images";

    private readonly GuideFolder open = new("Turnstone:Portal:Guides");
    private readonly GuideFolder previewed = new("Turnstone:Portal:Preview:Guides");

    private GuideFolder Shown => preview.OfGuides ? previewed : open;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        open.Read(settings.Portal.Guides);
        previewed.Read(settings.Portal.Preview.Guides);
        List<string> problems = [.. open.Problems, .. previewed.Problems];
        return problems.Count == 0 ? Task.CompletedTask : throw new SettingsException(problems);
    }

    /// <summary>Those of a language: its own file, or the one for all, or another one.</summary>
    public IReadOnlyList<OwnGuide> Of(string language) => Shown.Of(language);

    public OwnGuide? Find(string slug, string language) => Of(language).FirstOrDefault(guide => guide.Slug == slug);

    /// <summary>An image; the policy of the pages holds for it too, so an SVG runs nothing.</summary>
    public IResult Image(string name) => Shown.Image(name) ?? Results.StatusCode(StatusCodes.Status404NotFound);
}

using System.Net;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Turnstone.Server.Portal.Guides;

/// <summary>
/// Markdown to what a page may contain: no HTML of its own, no style, and links and images that the page's policy
/// allows. What it does not allow is a problem, because a reader would see a hole.
/// </summary>
/// <param name="guides">The names of the guides in the folder.</param>
/// <param name="images">The names of the images in it.</param>
internal sealed class GuideMarkdown(IReadOnlyCollection<string> guides, IReadOnlyCollection<string> images)
{
    // No attributes in braces and no HTML: either could bring a script.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseAutoIdentifiers(AutoIdentifierOptions.Default)
        .UseEmphasisExtras()
        .Build();

    private readonly List<string> problems = [];

    public IReadOnlyList<string> Problems => problems;

    /// <summary>The first heading, the first paragraph behind it, and the rest as HTML.</summary>
    public (string Title, string Lead, string Html) Render(string text)
    {
        var document = Markdown.Parse(text, Pipeline);
        var title = document.FirstOrDefault() as HeadingBlock;
        if (title is not { Level: 1 })
        {
            problems.Add("does not begin with a heading (# Title).");
            return ("", "", "");
        }

        var lead = document.Skip(1).FirstOrDefault() as ParagraphBlock;
        foreach (var link in document.Descendants<LinkInline>())
        {
            link.Url = link.IsImage ? ImageOf(link.Url ?? "") : LinkOf(link.Url ?? "");
        }

        foreach (var link in document.Descendants<AutolinkInline>().Where(link => !link.IsEmail))
        {
            LinkOf(link.Url);
        }

        // An alignment would be a style attribute, which the policy refuses.
        foreach (var column in document.Descendants<Table>().SelectMany(table => table.ColumnDefinitions))
        {
            (column.Alignment, column.Width) = (null, 0);
        }

        var (titleText, leadText) = (PlainText(title), lead is null ? "" : PlainText(lead));
        document.Remove(title);
        if (lead is not null)
        {
            document.Remove(lead);
        }

        return (titleText, leadText, Scrollable(document.ToHtml(Pipeline), titleText));
    }

    private static string PlainText(LeafBlock block)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer) { EnableHtmlForInline = false, EnableHtmlEscape = false };
        renderer.Render(block.Inline!);
        return writer.ToString().Trim();
    }

    /// <summary>Wide tables and long lines of code scroll by themselves, by keyboard too.</summary>
    private static string Scrollable(string html, string title)
    {
        var region = $"tabindex=\"0\" role=\"region\" aria-label=\"{WebUtility.HtmlEncode(title)}\"";
        return html.Replace("<table>", $"<div class=\"table\" {region}><table>", StringComparison.Ordinal)
            .Replace("</table>", "</table></div>", StringComparison.Ordinal)
            .Replace("<pre>", $"<pre {region}>", StringComparison.Ordinal);
    }

    private string ImageOf(string address)
    {
        if (!images.Contains(address))
        {
            problems.Add(
                $"shows the image {address}, which is not in the folder; an image from elsewhere is not loaded."
            );
        }

        return $"{OwnGuides.ImageRoot}/{address}";
    }

    private string LinkOf(string address)
    {
        var (path, anchor) = address.Split('#', 2) is [var before, var after] ? (before, $"#{after}") : (address, "");
        if (path.EndsWith(".md", StringComparison.Ordinal) && guides.Contains(path[..^3]))
        {
            return $"{Guide.Root}/{path[..^3]}{anchor}";
        }

        var allowed =
            address.StartsWith('#')
            || (address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal))
            || (Uri.TryCreate(address, UriKind.Absolute, out var link) && link.Scheme is "https" or "http" or "mailto");
        if (!allowed)
        {
            problems.Add(
                $"links to {address}: a link leads to a guide of the folder (name.md), a path (/…), or an address with "
                    + "https:, http: or mailto:."
            );
        }

        return address;
    }
}

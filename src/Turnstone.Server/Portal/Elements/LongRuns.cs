using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Html;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// A text that is shown as it is written, where what has no words, as a token, fills its lines: browsers break it at
/// its dashes.
/// </summary>
public static partial class LongRuns
{
    public static IHtmlContent Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var html = new HtmlContentBuilder();
        var done = 0;
        foreach (var run in Run().EnumerateMatches(text))
        {
            html.Append(text[done..run.Index])
                .AppendHtml("<span class=\"run\">")
                .Append(text[run.Index..(run.Index + run.Length)])
                .AppendHtml("</span>");
            done = run.Index + run.Length;
        }

        return html.Append(text[done..]);
    }

    // An id of 36 characters is the shortest; names that a program puts together with points are words.
    [GeneratedRegex(@"[A-Za-z0-9_-]{36,}(\.[A-Za-z0-9_-]+)*")]
    private static partial Regex Run();
}

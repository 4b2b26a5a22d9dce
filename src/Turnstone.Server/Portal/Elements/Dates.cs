using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Html;

namespace Turnstone.Server.Portal.Elements;

/// <summary>Dates within a sentence stay on one line: browsers break them at their dashes.</summary>
public static partial class Dates
{
    public static IHtmlContent Whole(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        var html = new HtmlContentBuilder();
        var done = 0;
        foreach (var date in Date().EnumerateMatches(sentence))
        {
            html.Append(sentence[done..date.Index])
                .AppendHtml("<span class=\"nowrap\">")
                .Append(sentence[date.Index..(date.Index + date.Length)])
                .AppendHtml("</span>");
            done = date.Index + date.Length;
        }

        return html.Append(sentence[done..]);
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d( \d\d:\d\d UTC([+−]\d{1,2}(:\d\d)?)?)?")]
    private static partial Regex Date();
}

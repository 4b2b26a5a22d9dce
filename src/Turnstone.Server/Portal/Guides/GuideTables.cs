using System.Net;
using System.Text.RegularExpressions;

namespace Turnstone.Server.Portal.Guides;

/// <summary>
/// The tables of a guide as lists of cards on a phone, as those of the pages are: each cell says what its column is.
/// </summary>
public static partial class GuideTables
{
    /// <summary>The text with its tables labelled; what has no head of columns stays as it is.</summary>
    public static string Labelled(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Table().Replace(text, Labelled);
    }

    private static string Labelled(Match table)
    {
        var columns = Head()
            .Match(table.Groups["head"].Value)
            .Groups["cell"]
            .Captures.Select(cell => PlainText(cell.Value))
            .ToList();
        var rows = Row()
            .Replace(
                table.Groups["body"].Value,
                row =>
                {
                    var column = 0;
                    return Cell()
                        .Replace(
                            row.Value,
                            cell =>
                            {
                                var name = column < columns.Count ? columns[column] : "";
                                column++;
                                return cell.Groups["kind"].Value == "th" || name.Length == 0
                                    ? cell.Value
                                    : $"<td data-label=\"{name}\"";
                            }
                        );
                }
            );
        return $"<div class=\"table cards\"{table.Groups["region"].Value}>{table.Groups["head"].Value}{rows}";
    }

    /// <summary>Without its tags; what it says is encoded, as an attribute has to be.</summary>
    private static string PlainText(string html) =>
        WebUtility.HtmlEncode(WebUtility.HtmlDecode(Tag().Replace(html, "")).Trim());

    [GeneratedRegex(
        "<div class=\"table\"(?<region>[^>]*)>(?<head>\\s*<table>\\s*<thead>.*?</thead>)(?<body>.*?</table>)",
        RegexOptions.Singleline
    )]
    private static partial Regex Table();

    [GeneratedRegex("<tr>(?:\\s*<t[hd][^>]*>(?<cell>.*?)</t[hd]>)*", RegexOptions.Singleline)]
    private static partial Regex Head();

    [GeneratedRegex("<tr>.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex Row();

    [GeneratedRegex("<(?<kind>t[hd])\\b")]
    private static partial Regex Cell();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}

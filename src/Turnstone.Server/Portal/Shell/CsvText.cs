using System.Text;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// Comma-separated values (RFC 4180). A cell that a spreadsheet would evaluate as a formula begins with an apostrophe.
/// </summary>
public static class CsvText
{
    public static string Line(IEnumerable<string?> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        return string.Join(',', cells.Select(Cell)) + "\r\n";
    }

    private static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var cell = new StringBuilder(text.Length + 2);
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n')
        {
            cell.Append('\'');
        }

        cell.Append(text);
        return text.AsSpan().IndexOfAny("\",\r\n") < 0 ? cell.ToString() : $"\"{cell.Replace("\"", "\"\"")}\"";
    }
}

using System.Text;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// Comma-separated values (RFC 4180). Where a spreadsheet would evaluate a formula, an apostrophe makes it text. A
/// program that is set to semicolons or tabs begins a cell after each of them, within our quotes too, so that is done
/// at every place where some reader begins one.
/// </summary>
public static class CsvText
{
    private const string Separators = ",;\t\r\n";

    // The wide forms are formulas where the language is Japanese or Chinese.
    private const string FormulaStarts = "=+-@\uff1d\uff0b\uff0d\uff20";

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
        for (var i = 0; i < text.Length; i++)
        {
            var begins = i == 0 || Separators.Contains(text[i - 1], StringComparison.Ordinal);
            if ((begins && IsFormula(text.AsSpan(i))) || (i == 0 && text[0] is '\t' or '\r' or '\n'))
            {
                cell.Append('\'');
            }

            cell.Append(text[i]);
        }

        return text.AsSpan().IndexOfAny("\",\r\n") < 0 ? cell.ToString() : $"\"{cell.Replace("\"", "\"\"")}\"";
    }

    // A reader strips quotes, and some strip spaces.
    private static bool IsFormula(ReadOnlySpan<char> text) =>
        text.TrimStart("\" ") is [var first, ..] && FormulaStarts.Contains(first, StringComparison.Ordinal);
}

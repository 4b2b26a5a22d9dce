using System.Globalization;
using System.Text;
using Turnstone.Bench.Work;

namespace Turnstone.Bench.Report;

/// <summary>Operations a second as bars, drawn so that the page shows what the table says.</summary>
internal static class Chart
{
    private const int RowHeight = 26;
    private const int Left = 330;
    private const int Width = 520;

    public static string Of(Table table)
    {
        var rows = table
            .Rows.Where(row =>
                row.Work.StartsWith("refresh", StringComparison.Ordinal)
                || row.Work is Cases.Floor or Cases.Program or Cases.Login
            )
            .OrderByDescending(row => row.PerSecond)
            .ToList();
        var most = rows.Max(row => row.PerSecond);
        var height = (rows.Count * RowHeight) + 48;
        var svg = new StringBuilder();
        svg.AppendLine(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + Width + 90} {height}\" "
                + $"font-family=\"system-ui, sans-serif\" font-size=\"13\" role=\"img\" aria-label=\"Operations a "
                + $"second\">"
        );
        svg.AppendLine(
            "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"12\" y=\"24\" font-size=\"15\" "
                + "font-weight=\"600\" fill=\"#1d2530\">Operations a second, all durable where something is "
                + "written</text>"
        );
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, y) = (rows[i], 40 + (i * RowHeight));
            var bar = Math.Max(2, row.PerSecond / most * Width);
            svg.AppendLine(
                CultureInfo.InvariantCulture,
                $"<text x=\"{Left - 8}\" y=\"{y + 16}\" text-anchor=\"end\" fill=\"#1d2530\">{Text(row.Work)} "
                    + $"· {Text(row.Subject)}</text>"
            );
            svg.AppendLine(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{Left}\" y=\"{y + 3}\" width=\"{bar:0.0}\" height=\"{RowHeight - 8}\" rx=\"2\" "
                    + $"fill=\"{Colour(row)}\"/><text x=\"{Left + bar + 6:0.0}\" y=\"{y + 16}\" "
                    + $"fill=\"#1d2530\">{row.PerSecond:N0}</text>"
            );
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static string Colour(Table.Row row) =>
        row.Work is Cases.Floor ? "#9aa5b1"
        : row.Subject.StartsWith("oidc", StringComparison.Ordinal)
        || row.Subject.StartsWith("glew", StringComparison.Ordinal)
            ? "#c98a3a"
        : "#0f766e";

    private static string Text(string text) => System.Security.SecurityElement.Escape(text);
}

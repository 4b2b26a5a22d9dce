using System.Text;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// What a stranger wrote into a user agent or a name is no formula in an export, whatever separator the reader's
/// program is set to.
/// </summary>
public sealed class ExportedCellsTests
{
    private static readonly string[] Starts = ["=", "+", "-", "@", "\uff1d"];
    private static readonly string[] Before =
    [
        "",
        "x;",
        "x\t",
        "x,",
        "x\r\n",
        "x;\"",
        "x; ",
        ";",
        "\t\t",
        "\"",
        "x\";\"",
    ];

    public static TheoryData<char> Readers => [',', ';', '\t'];

    [Theory]
    [MemberData(nameof(Readers))]
    public void No_reader_finds_a_formula(char separator)
    {
        foreach (var text in from before in Before from start in Starts select $"{before}{start}cmd|'/c calc'!A1")
        {
            var file = CsvText.Line(["2026-01-01", text, "end"]) + CsvText.Line([text, text]);
            Assert.All(
                Cells(file, separator),
                cell => Assert.False(Starts.Any(start => cell.StartsWith(start, StringComparison.Ordinal)), file)
            );
        }
    }

    /// <summary>
    /// The cells as a spreadsheet reads them: quotes count where a cell begins with one and end with the next single
    /// one; elsewhere they are text. Spaces before a cell's text are dropped.
    /// </summary>
    private static IEnumerable<string> Cells(string file, char separator)
    {
        for (var i = 0; i < file.Length; i++)
        {
            var cell = new StringBuilder();
            if (file[i] == '"')
            {
                for (i++; i < file.Length && (file[i] != '"' || (i + 1 < file.Length && file[i + 1] == '"')); i++)
                {
                    cell.Append(file[i]);
                    i += file[i] == '"' ? 1 : 0;
                }

                i++;
            }

            for (; i < file.Length && file[i] != separator && file[i] is not ('\r' or '\n'); i++)
            {
                cell.Append(file[i]);
            }

            yield return cell.ToString().TrimStart(' ');
        }
    }
}

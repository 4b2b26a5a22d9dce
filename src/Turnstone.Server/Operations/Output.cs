using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Spectre.Console;

namespace Turnstone.Server.Operations;

/// <summary>The output of commands: a table for people, JSON for scripts, progress on the error output.</summary>
public sealed class Output(TextWriter text, TextWriter error)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The console of this process.</summary>
    public static Output OfProcess =>
        new(Console.Out, Console.Error)
        {
            IsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
        };

    public TextWriter Text => text;

    public TextWriter Error => error;

    public bool IsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public static Option<bool> JsonOption() =>
        new("--json") { Description = "Print JSON for a script instead of text." };

    public static Option<int> LimitOption()
    {
        var limit = new Option<int>("--limit")
        {
            Description = "How many at most; default: 100.",
            DefaultValueFactory = _ => 100,
        };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
            {
                result.AddError("--limit is 1 to 10000.");
            }
        });
        return limit;
    }

    /// <summary>Lines of one shape: JSON as they are, or a table with a column for each property.</summary>
    public void WriteList<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IEnumerable<T> lines,
        bool json
    )
    {
        if (json)
        {
            WriteJson(lines);
            return;
        }

        var columns = typeof(T).GetProperties();
        WriteTable(
            [.. columns.Select(column => column.Name)],
            lines.Select(line => (IReadOnlyList<string>)[.. columns.Select(column => Cell(column.GetValue(line)))])
        );
    }

    /// <summary>What an act has changed, or that it was so before.</summary>
    public int Changed(string name, string state, bool changed, bool json)
    {
        if (json)
        {
            WriteJson(
                new
                {
                    name,
                    state,
                    changed,
                }
            );
        }
        else
        {
            text.WriteLine($"{name} is {(changed ? "now" : "already")} {state}.");
        }

        return ExitCode.Done;
    }

    public void WriteLine(string sentence = "") => text.WriteLine(sentence);

    public void WriteJson(object value) => text.WriteLine(JsonSerializer.Serialize(value, Json));

    public void WriteTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(IsTerminal ? TableBorder.Rounded : TableBorder.None);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text) });
        if (!IsTerminal)
        {
            // A pipe has no width, so tables are not cut.
            console.Profile.Width = 1000;
        }

        console.Write(table);
    }

    /// <summary>A spinner in a terminal; otherwise a line before and after.</summary>
    public async Task<T> ProgressAsync<T>(string what, Func<Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        if (ErrorIsTerminal)
        {
            return await console.Status().StartAsync(Markup.Escape(what), _ => work());
        }

        await error.WriteLineAsync(what);
        return await work();
    }

    private static string Cell(object? value) =>
        value switch
        {
            null => "—",
            bool flag => flag ? "yes" : "no",
            DateTimeOffset time => $"{time:u}",
            _ => $"{value}",
        };

    public int Refuse(string sentence)
    {
        error.WriteLine($"turnstone-server: {sentence}");
        return ExitCode.NothingDone;
    }
}

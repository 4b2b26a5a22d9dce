using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Turnstone.Server.Operations;

/// <summary>The output of commands: a table for people, JSON for scripts, progress on the error output.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Option<bool> JsonOption() =>
        new("--json") { Description = "Print JSON for a script instead of text." };

    public static void WriteJson(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Json));

    public static void WriteTable(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.None : TableBorder.Rounded);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Markup.Escape(column)).NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected)
        {
            // A pipe has no width, so tables are not cut.
            console.Profile.Width = 1000;
        }

        console.Write(table);
    }

    /// <summary>A spinner in a terminal; otherwise a line before and after.</summary>
    public static async Task<T> ProgressAsync<T>(string what, Func<Task<T>> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!Console.IsErrorRedirected)
        {
            return await console.Status().StartAsync(Markup.Escape(what), _ => work());
        }

        await Console.Error.WriteLineAsync(what);
        return await work();
    }

    public static int Refuse(string sentence)
    {
        Console.Error.WriteLine($"turnstone-server: {sentence}");
        return ExitCode.NothingDone;
    }
}

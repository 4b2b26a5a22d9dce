using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Turnstone.Cli.Output;

/// <summary>
/// What a verb writes: text for people, JSON for scripts; what is wrong on the error output. Colour and a spinner only
/// where a person looks, and no colour with NO_COLOR.
/// </summary>
internal sealed class Terminal(TextWriter text, TextWriter error)
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Terminal OfProcess() =>
        new(Console.Out, Console.Error)
        {
            IsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            InputIsTerminal = !Console.IsInputRedirected,
            MayColour =
                string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
                && Environment.GetEnvironmentVariable("TERM") != "dumb",
        };

    public TextWriter Text => text;

    public TextWriter Error => error;

    public bool IsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public bool InputIsTerminal { get; init; }

    public bool MayColour { get; init; }

    /// <summary>Whether a script is to read the output.</summary>
    public bool Json { get; set; }

    public void WriteLine(string line = "") => text.WriteLine(Printable.Of(line));

    /// <summary>For a person only, so never on the output that a script reads.</summary>
    public void Tell(string line)
    {
        if (!Json)
        {
            error.WriteLine(Printable.Of(line));
        }
    }

    /// <summary>The sentences, or the same as JSON.</summary>
    public int Answer(JsonNode json, IEnumerable<string> sentences, int exitCode = ExitCode.Done)
    {
        if (Json)
        {
            WriteJson(json);
        }
        else
        {
            foreach (var sentence in sentences)
            {
                WriteLine(sentence);
            }
        }

        return exitCode;
    }

    public int Answer(JsonNode json, string sentence, int exitCode = ExitCode.Done) =>
        Answer(json, [sentence], exitCode);

    public void WriteJson(JsonNode json) => text.WriteLine(Render(json));

    public int Fail(string code, string sentence, int exitCode)
    {
        if (Json)
        {
            error.WriteLine(
                Render(
                    new JsonObject
                    {
                        ["error"] = code,
                        ["message"] = sentence,
                        ["exit_code"] = exitCode,
                    }
                )
            );
        }
        else
        {
            var name = ErrorIsTerminal && MayColour ? $"{Printable.Red}turnstone:{Printable.Plain}" : "turnstone:";
            error.WriteLine($"{name} {Printable.Of(sentence)}");
        }

        return exitCode;
    }

    /// <summary>A mark before a line: green or red where colours are shown.</summary>
    public string Mark(bool good, string mark) =>
        IsTerminal && MayColour ? $"{(good ? Printable.Green : Printable.Red)}{mark}{Printable.Plain}" : mark;

    /// <summary>Waits, with a spinner where a person looks.</summary>
    public async Task<T> WaitAsync<T>(string what, Task<T> work)
    {
        if (Json || !ErrorIsTerminal)
        {
            return await work;
        }

        return await Spinner.ShowAsync(error, what, work);
    }

    private static string Render(JsonNode json)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Indented))
        {
            json.WriteTo(writer);
        }

        return Printable.OfJson(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }
}

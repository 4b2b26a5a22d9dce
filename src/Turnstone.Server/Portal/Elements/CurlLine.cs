using System.Text.Encodings.Web;
using System.Text.Json;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// A curl call, ready for a shell: whatever stands in it is quoted, so that a name somebody chose is never a command.
/// Secrets that are not at hand are named as variables, which also keeps them out of the shell's history.
/// </summary>
public sealed class CurlLine
{
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<string> parts;

    private CurlLine(string first) => parts = [first];

    public static CurlLine Post(string url) => new($"curl -X POST {Quote(url)}");

    public static CurlLine Get(string url) => new($"curl {Quote(url)}");

    public CurlLine Header(string name, string value) => With($"-H {Quote($"{name}: {value}")}");

    /// <summary>A header whose value stands in a variable of the shell.</summary>
    public CurlLine HeaderOf(string name, string variable) => With($"-H \"{name}: ${variable}\"");

    /// <summary>A body of these members; one in angle brackets is for the reader to fill in.</summary>
    public CurlLine Json(params (string Name, string Value)[] members) =>
        Header("Content-Type", "application/json")
            .With(
                "-d "
                    + Quote(
                        $"{{{string.Join(',', members.Select(member => $"{Text(member.Name)}:{Text(member.Value)}"))}}}"
                    )
            );

    public override string ToString() => string.Join(" \\\n  ", parts);

    /// <summary>As one word of a POSIX shell: nothing means anything between single quotes.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static string Text(string value) => JsonSerializer.Serialize(value, Plain);

    private CurlLine With(string part)
    {
        parts.Add(part);
        return this;
    }
}

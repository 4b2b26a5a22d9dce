using System.Text.Encodings.Web;
using System.Text.Json;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// A curl command for a shell. Everything is quoted, so a name that somebody chose is never a command. Missing secrets
/// are variables, which also keeps them out of the shell's history.
/// </summary>
public sealed class CurlLine
{
    private readonly List<string> parts;

    private CurlLine(string first) => parts = [first];

    public static CurlLine Post(string url) => new($"curl -X POST {Quote(url)}");

    public static CurlLine Get(string url) => new($"curl {Quote(url)}");

    public CurlLine Header(string name, string value) => With($"-H {Quote($"{name}: {value}")}");

    /// <summary>A header whose value is in a shell variable.</summary>
    public CurlLine HeaderOf(string name, string variable) => With($"-H \"{name}: ${variable}\"");

    /// <summary>A JSON body; the reader replaces values in angle brackets.</summary>
    public CurlLine Json(params (string Name, string Value)[] members) =>
        Header("Content-Type", "application/json")
            .With(
                "-d "
                    + Quote(
                        $"{{{string.Join(',', members.Select(member => $"{Text(member.Name)}:{Text(member.Value)}"))}}}"
                    )
            );

    public override string ToString() => string.Join(" \\\n  ", parts);

    /// <summary>One word of a POSIX shell: between single quotes no character is special.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static string Text(string value) =>
        $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private CurlLine With(string part)
    {
        parts.Add(part);
        return this;
    }
}

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

    /// <summary>A header whose value, after a scheme if it has one, is in a shell variable.</summary>
    public CurlLine HeaderOf(string name, string variable, string scheme = "") =>
        With($"-H \"{name}: {scheme}${variable}\"");

    /// <summary>
    /// A JSON body with one member, whose value is in a shell variable. It goes to curl through a pipe: everyone on the
    /// machine can read a program's arguments.
    /// </summary>
    public CurlLine JsonOf(string name, string variable) =>
        Header("Content-Type", "application/json")
            .With($"--data-binary @- <<<\"{{\\\"{name}\\\":\\\"${variable}\\\"}}\"");

    /// <summary>A field of a form.</summary>
    public CurlLine Form(string name, string value) => With($"--data-urlencode {Quote($"{name}={value}")}");

    /// <summary>A field of a form whose value is in a shell variable.</summary>
    public CurlLine FormOf(string name, string variable) => With($"--data-urlencode \"{name}=${variable}\"");

    /// <summary>The same for a secret, which goes to curl through a pipe.</summary>
    public CurlLine FormOfSecret(string name, string variable)
    {
        parts[0] = $"printf %s \"${variable}\" | {parts[0]}";
        return With($"--data-urlencode {name}@-");
    }

    /// <summary>
    /// Asks for the value of the variable first, so the command holds no secret, nor does the shell's history.
    /// </summary>
    public CurlLine Asking(string variable)
    {
        parts[0] = $"read -rsp '{variable}: ' {variable} && echo && {parts[0]}";
        return this;
    }

    /// <summary>
    /// A JSON body with a member of a known value, and one with what somebody chose, which is in a shell variable and
    /// may have characters that JSON escapes. It goes to curl through a pipe.
    /// </summary>
    public CurlLine Json((string Name, string Value) known, (string Name, string Variable) chosen) =>
        Header("Content-Type", "application/json")
            .With(
                $"--data-binary @- <<<{Quote($"{{{Text(known.Name)}:{Text(known.Value)},{Text(chosen.Name)}:\"")}"
                    + $"\"$(sed 's/[\"\\]/\\\\&/g' <<<\"${chosen.Variable}\")\"{Quote("\"}")}"
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

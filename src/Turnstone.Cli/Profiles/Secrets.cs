using System.Text;
using Turnstone.Cli.Output;

namespace Turnstone.Cli.Profiles;

/// <summary>
/// Where secrets come from: the environment, a person who is asked and sees nothing of what he types, or a line each of
/// the standard input. Never the command line, which everyone on the machine can read.
/// </summary>
internal static class Secrets
{
    private const int Longest = 16 * 1024;

    private static readonly Dictionary<string, string> Names = new()
    {
        ["api_key"] = "API key",
        ["username"] = "Email",
        ["password"] = "Password",
        ["subscription_key"] = "Subscription key",
        ["code"] = "One-time code",
        ["client_secret"] = "Client secret",
        ["refresh_token"] = "Refresh token",
    };

    public static string? OfEnvironment(string name) => CommandContext.Variable(name.ToUpperInvariant());

    public static string Read(Terminal terminal, string name)
    {
        if (OfEnvironment(name) is { } known)
        {
            return known;
        }

        var given = terminal.InputIsTerminal ? Ask(terminal, name) : ReadLine(Console.In);
        return given is { Length: > 0 }
            ? given
            : throw CliException.Usage(
                $"The {Names[name]} is missing: answer the question, send it as a line of the standard input, or set "
                    + $"TURNSTONE_{name.ToUpperInvariant()}."
            );
    }

    /// <summary>A token on the standard input.</summary>
    public static string ReadToken(Terminal terminal) =>
        (terminal.InputIsTerminal ? Ask(terminal, "Token", hidden: true) : ReadLine(Console.In)) is { Length: > 0 } text
            ? text
            : throw CliException.Usage("There is no token on the standard input.");

    private static string Ask(Terminal terminal, string name) => Ask(terminal, Names[name], name is not "username");

    private static string Ask(Terminal terminal, string question, bool hidden)
    {
        // Looking for a key turns the terminal's own echo off: what is pasted as soon as the question is there must not
        // be seen either.
        _ = Console.KeyAvailable;
        terminal.Error.Write($"{question}: ");
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key is ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar) && typed.Length < Longest)
            {
                typed.Append(key.KeyChar);
                terminal.Error.Write(hidden ? "" : key.KeyChar);
            }
        }

        terminal.Error.WriteLine();
        return typed.ToString().Trim();
    }

    // By characters, because a line may never end.
    private static string ReadLine(TextReader input)
    {
        var line = new StringBuilder();
        while (input.Read() is not -1 and not '\n' and var sign)
        {
            line.Append((char)sign);
            if (line.Length > Longest)
            {
                throw CliException.Usage("A line of the standard input is too long for a secret.");
            }
        }

        return line.ToString().Trim();
    }
}

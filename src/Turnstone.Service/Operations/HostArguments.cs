namespace Turnstone.Server.Operations;

/// <summary>
/// Separates the arguments of the host (<c>--urls http://…</c>, <c>--Turnstone:Issuer=…</c>) from those of a
/// command, so that commands can refuse unknown arguments.
/// </summary>
internal static class HostArguments
{
    private static readonly string[] Names =
    [
        "urls",
        "environment",
        "contentRoot",
        "applicationName",
        "http_ports",
        "https_ports",
    ];

    public static (string[] Host, string[] Command) Part(IReadOnlyList<string> words)
    {
        List<string> host = [],
            command = [];
        for (var i = 0; i < words.Count; i++)
        {
            if (!SetsHost(words[i]))
            {
                command.Add(words[i]);
                continue;
            }

            host.Add(words[i]);
            if (!words[i].Contains('=', StringComparison.Ordinal) && i + 1 < words.Count)
            {
                host.Add(words[++i]);
            }
        }

        return ([.. host], [.. command]);
    }

    private static bool SetsHost(string word)
    {
        if (!word.StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        var name = word[2..].Split('=')[0];
        return name.Contains(':', StringComparison.Ordinal) || Names.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}

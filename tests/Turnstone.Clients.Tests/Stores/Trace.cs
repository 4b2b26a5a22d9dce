using System.Text.RegularExpressions;

namespace Turnstone.Clients.Tests.Stores;

/// <summary>
/// What a process asked the system for, as strace has written it down, in the order in which it matters: a flush when
/// it was done, everything else when it began.
/// </summary>
internal sealed partial class Trace
{
    private readonly Dictionary<string, string> begun = [];
    private readonly List<string> steps = [];

    private Trace() { }

    public static IReadOnlyList<string> Read(IEnumerable<string> lines)
    {
        var trace = new Trace();
        foreach (var line in lines)
        {
            trace.Note(line);
        }

        return trace.steps;
    }

    private void Note(string line)
    {
        if (Resumed().Match(line) is { Success: true } resumed)
        {
            if (begun.Remove(resumed.Groups["pid"].Value, out var path) && resumed.Groups["result"].Value == "0")
            {
                steps.Add($"flush {path}");
            }
        }
        else if (Flush().Match(line) is { Success: true } flush)
        {
            var path = flush.Groups["path"].Value;
            if (flush.Groups["result"].Value == "0")
            {
                steps.Add($"flush {path}");
            }
            else if (flush.Groups["unfinished"].Success)
            {
                begun[flush.Groups["pid"].Value] = path;
            }
        }
        else if (Rename().Match(line) is { Success: true } rename)
        {
            steps.Add($"rename {rename.Groups["to"].Value}");
        }
        else if (line.Contains("\"POST /", StringComparison.Ordinal))
        {
            steps.Add("request");
        }
        else if (Answer().IsMatch(line))
        {
            steps.Add("answer");
        }
    }

    [GeneratedRegex(@"^(?<pid>\d+) +f(data)?sync\(\d+<(?<path>[^>]*)>(\) += (?<result>-?\d+)|(?<unfinished> <unf))")]
    private static partial Regex Flush();

    [GeneratedRegex(@"^(?<pid>\d+) +<\.\.\. f(data)?sync resumed>\) += (?<result>-?\d+)")]
    private static partial Regex Resumed();

    [GeneratedRegex("""^\d+ +rename(at2?)?\(.*?"[^"]*", .*?"(?<to>[^"]*)".*$""")]
    private static partial Regex Rename();

    // What the drivers say to a command for a token. The body of a request may begin as it does.
    [GeneratedRegex("""^\d+ +writev?\(\d+<pipe:.*\{\\"token\\":""")]
    private static partial Regex Answer();
}

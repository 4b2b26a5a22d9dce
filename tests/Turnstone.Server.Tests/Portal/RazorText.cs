using System.Text;
using System.Text.RegularExpressions;

namespace Turnstone.Server.Tests.Portal;

/// <summary>
/// The sentences that stand in a Razor file itself, where they should come from the room's words. Read by its shape
/// alone: code is cut out, and what is left between tags is text.
/// </summary>
internal static partial class RazorText
{
    private static readonly string[] Blocks = ["if", "foreach", "for", "while", "switch", "using"];

    /// <summary>Two words side by side, between tags or in an attribute that is read out.</summary>
    public static IEnumerable<string> Sentences(string file)
    {
        var markup = Exempt().Replace(WithoutCode(Directive().Replace(file, "")), "<x>");
        var between = Between()
            .Matches(markup)
            .Select(match => match.Groups["text"].Value)
            .SelectMany(text => text.Split('\n'))
            .Where(line => !Statement().IsMatch(line));
        var readOut = ReadOut().Matches(markup).Select(match => match.Groups["text"].Value);
        return between.Concat(readOut).Select(text => text.Trim()).Where(text => TwoWords().IsMatch(text));
    }

    private static string WithoutCode(string file)
    {
        var text = new StringBuilder();
        for (var at = 0; at < file.Length; )
        {
            if (file[at] != '@')
            {
                text.Append(file[at++]);
            }
            else if (at + 1 < file.Length && file[at + 1] == '@')
            {
                at += 2;
            }
            else
            {
                at = EndOfCode(file, at + 1);
            }
        }

        return text.ToString();
    }

    // @{…}  @(…)  @name.name[…](…)  @if (…)
    private static int EndOfCode(string file, int at)
    {
        if (at < file.Length && file[at] == '*')
        {
            return file.IndexOf("*@", at, StringComparison.Ordinal) + 2;
        }

        var start = at;
        while (at < file.Length && (char.IsLetterOrDigit(file[at]) || file[at] is '_'))
        {
            at++;
        }

        if (Blocks.Contains(file[start..at]))
        {
            at = file.IndexOf('(', at);
        }

        while (at < file.Length)
        {
            if (file[at] is '(' or '[' || (file[at] is '{' && at == start))
            {
                at = Closing(file, at);
            }
            else if (file[at] is '.' or '!' or '?' && at + 1 < file.Length && char.IsLetter(file[at + 1]))
            {
                at++;
                while (at < file.Length && char.IsLetterOrDigit(file[at]))
                {
                    at++;
                }
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private static int Closing(string file, int at)
    {
        for (var depth = 0; at < file.Length; at++)
        {
            depth +=
                file[at] is '(' or '[' or '{' ? 1
                : file[at] is ')' or ']' or '}' ? -1
                : 0;
            if (depth == 0)
            {
                return at + 1;
            }
        }

        return at;
    }

    [GeneratedRegex(
        @"^@(page|model|using|inject|addTagHelper|inherits|implements|namespace)\b.*$",
        RegexOptions.Multiline
    )]
    private static partial Regex Directive();

    [GeneratedRegex(@"<(code|pre)\b.*?</\1>", RegexOptions.Singleline)]
    private static partial Regex Exempt();

    [GeneratedRegex(@">(?<text>[^<>]+)<")]
    private static partial Regex Between();

    // What is left of code between tags: a statement, or the head of a branch.
    [GeneratedRegex(
        @";\s*$|^\s*(else\b|case\b|default:|break\b|\{|\}|//|(if|foreach|for|while|switch|using) \(|var \w+ = )"
    )]
    private static partial Regex Statement();

    [GeneratedRegex("\\b(aria-label|placeholder|title|alt|label|hint)=\"(?<text>[^\"]+)\"")]
    private static partial Regex ReadOut();

    [GeneratedRegex(@"\p{L}{2,}[,.:;]?\s+\p{L}{2,}")]
    private static partial Regex TwoWords();
}

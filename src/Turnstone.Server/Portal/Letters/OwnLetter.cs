using System.Text.RegularExpressions;

namespace Turnstone.Server.Portal.Letters;

/// <summary>The operator's own text of a letter, in one language.</summary>
/// <param name="Form">Of which letter it is.</param>
/// <param name="Language">The language that its file names; null for one file for all languages.</param>
/// <param name="Subject">Its first line; empty for what stands below every letter.</param>
/// <param name="Body">What follows.</param>
public sealed partial record OwnLetter(LetterForm Form, string? Language, string Subject, string Body)
{
    // Without a language of its reader a letter is written in both, with both subjects in one line.
    private const int LongestSubject = 90;

    /// <summary>What is wrong with it, each as the end of a sentence.</summary>
    /// <param name="brand">The name of the service.</param>
    internal IEnumerable<string> Problems(string brand)
    {
        if (Form != LetterForm.Closing && Fill(Subject, brand).Length is 0 or > LongestSubject)
        {
            yield return $"needs a subject of at most {LongestSubject} characters in its first line, and then a line "
                + "without text.";
        }

        if (Body.Length == 0)
        {
            yield return "has no text.";
        }

        foreach (var (part, places) in ((string, string[])[])[(Subject, [LetterForm.Brand]), (Body, [.. Form.Places])])
        {
            var known = places.Select(place => $"{{{place}}}").ToList();
            if (
                Braces().Matches(part).Select(found => found.Value).FirstOrDefault(one => !known.Contains(one)) is
                { } bad
            )
            {
                yield return $"has \"{bad}\", which stands for nothing: give {string.Join(", ", known)}"
                    + (part == Body ? "." : " in the subject.");
            }
        }

        var lines = Body.Split('\n').Select(line => line.Trim()).ToHashSet();
        foreach (var place in Form.Needed.Select(place => $"{{{place}}}"))
        {
            if (place == $"{{{LetterForm.Link}}}" && !lines.Contains(place))
            {
                yield return $"needs {place} in a line of its own: without it nobody could do what it asks for.";
            }
            else if (!Body.Contains(place, StringComparison.Ordinal))
            {
                yield return $"needs {place}: without it nobody would know what it is about.";
            }
        }
    }

    /// <summary>
    /// Puts in the facts, in one pass: a fact that looks like a place stays as it is. Each paragraph without text goes.
    /// </summary>
    internal static string Fill(string part, string brand, LetterDraft? draft = null)
    {
        (string Place, string Text)[] facts = [(LetterForm.Brand, brand), .. draft?.Facts ?? []];
        return string.Join(
            "\n\n",
            part.Split("\n\n")
                .Select(paragraph =>
                    Braces()
                        .Replace(
                            paragraph,
                            found => facts.FirstOrDefault(fact => $"{{{fact.Place}}}" == found.Value).Text ?? ""
                        )
                        .Trim()
                )
                .Where(paragraph => paragraph.Length > 0)
        );
    }

    [GeneratedRegex(@"\{[^{}\n]*\}|[{}]")]
    private static partial Regex Braces();
}

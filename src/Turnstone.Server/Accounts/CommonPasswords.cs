using System.Collections.Frozen;
using System.Reflection;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Whether a password is among those that are guessed first. Common long passwords are one or two common words, a year,
/// a run of keys, or a repetition of these. So instead of a complete list, this refuses a password that consists of
/// such pieces only. The parts of the owner's email and the product's name count as common words.
/// </summary>
internal static class CommonPasswords
{
    private const int MostWords = 2;
    private const int ShortestWord = 3;
    private const int ShortestRun = 3;
    private const int ShortestUnit = 5;
    private const int LongestNumber = 4;

    private static readonly FrozenSet<string> Words = Load();

    private static readonly int LongestWord = Words.Max(word => word.Length);

    private static readonly string[] Runs = WithReversed(
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890",
        "qwertyuiop",
        "qwertzuiop",
        "azertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "yxcvbnm",
        "1qaz2wsx3edc4rfv5tgb6yhn",
        "qazwsxedcrfvtgb",
        "1q2w3e4r5t6y7u8i9o0p",
        "!\"$%&/()=?",
        "!@#$%^&*()"
    );

    /// <param name="password">The password.</param>
    /// <param name="names">Words that are easy to guess for this account: the parts of its email.</param>
    public static bool Contains(string password, params IEnumerable<string> names)
    {
        var text = Unit(password.ToLowerInvariant());
        var own = names
            .Select(name => name.ToLowerInvariant())
            .Where(name => name.Length >= ShortestWord)
            .Append("turnstone")
            .ToHashSet(StringComparer.Ordinal);
        return FewestWords(text, own) <= MostWords;
    }

    /// <summary>The repeated part of a repetitive text.</summary>
    private static string Unit(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (text.AsSpan(length).SequenceEqual(text.AsSpan(0, text.Length - length)))
            {
                return length < ShortestUnit ? "" : text[..length];
            }
        }

        return text;
    }

    /// <summary>
    /// The smallest number of common words that the text can be cut into. Runs, years and punctuation cost nothing; a
    /// single letter costs as much as a word. A large number if it cannot be cut.
    /// </summary>
    private static int FewestWords(string text, HashSet<string> own)
    {
        var longest = Math.Max(LongestWord, own.Max(name => name.Length));
        var fewest = new int[text.Length + 1];
        Array.Fill(fewest, MostWords + 1, 1, text.Length);
        for (var start = 0; start < text.Length; start++)
        {
            if (fewest[start] > MostWords)
            {
                continue;
            }

            for (var end = start + 1; end <= Math.Min(text.Length, start + longest); end++)
            {
                if (Cost(text.AsSpan(start, end - start), own) is { } cost)
                {
                    fewest[end] = Math.Min(fewest[end], fewest[start] + cost);
                }
            }
        }

        return fewest[^1];
    }

    private static int? Cost(ReadOnlySpan<char> piece, HashSet<string> own) =>
        IsFree(piece) ? 0
        : piece.Length == 1
        || (piece.Length >= ShortestWord && (own.Contains(piece.ToString()) || IsWord(Meant(piece), own)))
            ? 1
        : null;

    private static bool IsFree(ReadOnlySpan<char> piece)
    {
        var same = piece.TrimStart(piece[0]).IsEmpty;
        var number = piece.Length <= LongestNumber && !piece.ContainsAnyExceptInRange('0', '9');
        var sign = piece.Length == 1 && !char.IsLetter(piece[0]);
        return (same && piece.Length > 1) || number || sign || (piece.Length >= ShortestRun && IsRun(piece));
    }

    private static bool IsRun(ReadOnlySpan<char> piece)
    {
        foreach (var run in Runs)
        {
            if (run.AsSpan().IndexOf(piece, StringComparison.Ordinal) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWord(string word, HashSet<string> own) =>
        Words.Contains(word)
        || own.Contains(word)
        || (word.Contains('i', StringComparison.Ordinal) && Words.Contains(word.Replace('i', 'l')));

    /// <summary>Letters that are commonly replaced by digits and punctuation.</summary>
    private static string Meant(ReadOnlySpan<char> piece)
    {
        var text = piece.ToArray();
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = text[i] switch
            {
                '0' => 'o',
                '1' or '!' => 'i',
                '3' => 'e',
                '4' or '@' => 'a',
                '5' or '$' => 's',
                '7' => 't',
                _ => text[i],
            };
        }

        return new string(text);
    }

    private static string[] WithReversed(params string[] runs) =>
        [.. runs, .. runs.Select(run => string.Concat(run.Reverse()))];

    private static FrozenSet<string> Load()
    {
        using var reader = new StreamReader(
            Assembly.GetExecutingAssembly().GetManifestResourceStream("accounts/common-words.txt")!
        );
        return reader
            .ReadToEnd()
            .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length >= ShortestWord)
            .ToFrozenSet(StringComparer.Ordinal);
    }
}

using System.Globalization;
using System.Text;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// What a client has written, for the person who is asked. A sign that cannot be seen is shown as one that can: with
/// marks of direction an amount or an account would read as another.
/// </summary>
public static class DetailText
{
    /// <summary>A member as words: <c>debtorAccount</c> and <c>debtor_account</c> are "debtor account".</summary>
    public static string Name(string name, bool first)
    {
        ArgumentNullException.ThrowIfNull(name);
        var words = new StringBuilder(name.Length + 4);
        for (var at = 0; at < name.Length; at++)
        {
            var sign = name[at];
            var begins = char.IsUpper(sign) && at > 0 && char.IsLower(name[at - 1]);
            if (begins || sign is '_' or '-' or '.')
            {
                words.Append(' ');
            }

            if (sign is not ('_' or '-' or '.'))
            {
                // What is written in capitals, as IBAN is, stays so.
                var ends = at + 1 == name.Length || !char.IsUpper(name[at + 1]);
                words.Append(begins && ends ? char.ToLowerInvariant(sign) : sign);
            }
        }

        var text = Value(words.ToString().Trim() is { Length: > 0 } some ? some : name);
        return first && text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    public static string Value(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Any(IsUnseen) ? string.Concat(text.Select(sign => IsUnseen(sign) ? '\uFFFD' : sign)) : text;
    }

    private static bool IsUnseen(char sign) =>
        sign is not '\n'
        && char.GetUnicodeCategory(sign)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
}

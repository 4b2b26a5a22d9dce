using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Turnstone.Credentials;

/// <summary>
/// A name that a person gives to a thing of his: one line, short, and nothing in it that a store could not write or a
/// reader not see.
/// </summary>
public static class NameText
{
    public const int Longest = 100;

    /// <summary>
    /// The name without the spaces around it; false when nothing is left, it is too long, or it holds a character that
    /// is not for a line of text.
    /// </summary>
    public static bool TryRead(string? typed, [NotNullWhen(true)] out string? name)
    {
        name = typed?.Trim();
        return name is { Length: >= 1 and <= Longest }
            && name.EnumerateRunes()
                .All(rune => rune.Value != '\uFFFD' && IsOfALine(System.Text.Rune.GetUnicodeCategory(rune)));
    }

    // Format characters turn the direction of what stands after them, or are not seen at all.
    private static bool IsOfALine(UnicodeCategory category) =>
        category
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}

namespace Turnstone.Cli.Output;

/// <summary>
/// What others have said, in a terminal: a control character of theirs could move the cursor and write over what was
/// said before. Ours are set around the text.
/// </summary>
internal static class Printable
{
    public static string Of(string text) =>
        text.Any(IsForeign) ? string.Concat(text.Select(sign => IsForeign(sign) ? '\uFFFD' : sign)) : text;

    // Bidirectional overrides too: they show a text in an order that it does not have.
    private static bool IsForeign(char sign) =>
        (char.IsControl(sign) && sign is not ('\n' or '\t' or '\e'))
        || sign is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}

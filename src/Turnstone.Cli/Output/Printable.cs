namespace Turnstone.Cli.Output;

/// <summary>
/// What others have said, in a terminal: a control character of theirs could move the cursor and write over what was
/// said before. Of those that begin with escape only our own two colours pass.
/// </summary>
internal static class Printable
{
    public const string Red = "\e[31m";
    public const string Green = "\e[32m";
    public const string Plain = "\e[0m";

    private static readonly string[] Ours = [Red, Green, Plain];

    public static string Of(string text) =>
        text.Any(IsForeign) ? string.Concat(text.Select((sign, at) => IsShown(text, at) ? sign : '\uFFFD')) : text;

    /// <summary>The same for JSON: escaped, so that a script reads what was said.</summary>
    public static string OfJson(string json) =>
        json.Any(IsForeign)
            ? string.Concat(json.Select(sign => IsForeign(sign) ? $"\\u{(int)sign:x4}" : sign.ToString()))
            : json;

    private static bool IsShown(string text, int at) =>
        !IsForeign(text[at]) || Ours.Any(one => text.AsSpan(at).StartsWith(one));

    // Bidirectional overrides too: they show a text in an order that it does not have.
    private static bool IsForeign(char sign) =>
        (char.IsControl(sign) && sign is not ('\n' or '\t'))
        || sign is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}

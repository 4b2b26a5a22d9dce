namespace Turnstone.Client;

/// <summary>The name of a session is part of a file's name.</summary>
internal static class SessionName
{
    public static string Checked(string name) =>
        name.Length is > 0 and <= 64 && name[0] != '.' && name.All(IsPlain)
            ? name
            : throw new ArgumentException(
                "The name of a session has at most 64 letters, digits, '-', '_' and '.', and does not begin with '.'.",
                nameof(name)
            );

    private static bool IsPlain(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' or '.';
}

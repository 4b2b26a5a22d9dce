using System.Globalization;

namespace Turnstone.Server.Portal.Guides;

/// <summary>
/// The shell lines that set a sample's variables, with this reader's names if known. Secrets are prompted for, so none
/// is in the shell's history or on the page.
/// </summary>
public static class SampleVariables
{
    public const string Url = "TURNSTONE_URL";
    public const string Audience = "TURNSTONE_AUDIENCE";
    public const string State = "TURNSTONE_STATE";
    public const string Email = "TURNSTONE_EMAIL";
    public const string Password = "TURNSTONE_PASSWORD";
    public const string SubscriptionKey = "TURNSTONE_SUBSCRIPTION_KEY";
    public const string ApiKey = "TURNSTONE_API_KEY";
    public const string ClientId = "TURNSTONE_CLIENT_ID";
    public const string ClientSecret = "TURNSTONE_CLIENT_SECRET";

    /// <param name="variables">Which.</param>
    /// <param name="names">Whose.</param>
    /// <param name="ask">The prompt for a secret: its resource key, and its name if it has one.</param>
    public static string Lines(IEnumerable<string> variables, ReaderNames names, Func<string, string?, string> ask)
    {
        ArgumentNullException.ThrowIfNull(names);
        return string.Join(
            '\n',
            variables.Select(variable =>
                variable switch
                {
                    Url => Export(variable, names.Url),
                    Audience => Export(variable, names.Audience ?? names.Url),
                    State => Export(variable, "tokens.json"),
                    Email => Export(variable, names.Email ?? "you@example.com"),
                    ClientId => Export(variable, names.ClientId ?? "your-client"),
                    Password => Ask(variable, ask("AskPassword", null)),
                    SubscriptionKey => Ask(variable, ask("AskSubscriptionKey", names.Product)),
                    ApiKey => Ask(variable, ask("AskApiKey", names.ApiKey)),
                    ClientSecret => Ask(variable, ask("AskClientSecret", names.ClientId)),
                    _ => throw new ArgumentException($"There is no variable {variable}.", nameof(variables)),
                }
            )
        );
    }

    private static string Export(string variable, string value) => $"export {variable}={Quoted(value)}";

    private static string Ask(string variable, string question) =>
        $"read -rsp {Quoted($"{question}: ")} {variable} && export {variable}";

    // Between single quotes no character is special in a POSIX shell. A line break is removed, so that it stays one
    // line.
    private static string Quoted(string text) =>
        $"'{string.Concat(text.Select(Printable)).Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static char Printable(char letter) =>
        char.GetUnicodeCategory(letter)
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            ? ' '
            : letter;
}

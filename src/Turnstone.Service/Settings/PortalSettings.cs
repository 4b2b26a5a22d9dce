using Turnstone.Model;

namespace Turnstone.Server.Settings;

/// <summary>What customers can do by themselves in the portal.</summary>
public sealed record PortalSettings : ISettings
{
    [Setting("Whether anyone may create an account in the portal. With `false` only the provisioning file does.")]
    public bool SignUp { get; init; } = true;

    [Setting(
        "The scopes that customers may give to their API keys and applications, "
            + "each as `name` or as `name=a sentence that says what it allows`. All other scopes can only be given "
            + "by an administrator or the provisioning file.",
        Default = "`openid`, `profile`, `email`, `offline_access`, `individuals.read`"
    )]
    public IReadOnlyList<string> Scopes { get; init; } =
    ["openid", "profile", "email", "offline_access", "individuals.read"];

    [Setting(
        "A folder of guides of your own: Markdown files (`name.md`, or `name.en.md` and `name.de.md`), each beginning "
            + "with a heading and a paragraph, and their images. They are read at start and come after the "
            + "portal's own.",
        Default = "none"
    )]
    public string Guides { get; init; } = "";

    [Setting(
        "A folder of OpenAPI documents of your own API (`orders.json`, version 3). They are read at start and come "
            + "first in the reference. For calls from that page your API has to allow the portal's origin (CORS).",
        Default = "none"
    )]
    public string Documents { get; init; } = "";

    [Setting(
        "A folder of texts of your own for emails: `reset.txt` (or `reset.en.txt` and `reset.de.txt`) has the subject "
            + "in its first line and is written in place of the portal's text, `closing.txt` below every email in "
            + "place of the service's name. A text that lacks the link of its email stops the start.",
        Default = "none"
    )]
    public string Letters { get; init; } = "";

    [Setting("Whose portal it is, in name and looks.")]
    public BrandSettings Brand { get; init; } = new();

    [Setting("What administrators see before it is public; everybody else sees nothing of it.")]
    public PreviewSettings Preview { get; init; } = new();

    /// <summary>The offered scopes, in the operator's order.</summary>
    public IReadOnlyList<OfferedScope> Offered => [.. Scopes.Select(OfferedScope.Read)];

    /// <summary>The same as a set, to check a customer's choice.</summary>
    public Scopes OfferedScopes => Turnstone.Model.Scopes.Of(Offered.Select(scope => scope.Name));
}

/// <summary>A scope that customers may choose.</summary>
/// <param name="Name">The scope's name.</param>
/// <param name="Meaning">What it allows, in the operator's words; null otherwise.</param>
public sealed record OfferedScope(string Name, string? Meaning)
{
    internal static OfferedScope Read(string text)
    {
        var parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        return new(parts[0], parts is [_, { Length: > 0 } meaning] ? meaning : null);
    }

    /// <summary>Whether the text does not begin with a valid scope name (RFC 6749 §3.3).</summary>
    internal static bool IsUnreadable(string text) =>
        Read(text).Name is var name
        && (name.Length == 0 || name.Contains(' ', StringComparison.Ordinal) || !Scopes.TryParse(name, out _));
}

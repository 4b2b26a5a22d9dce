namespace Turnstone.Server.Portal.Sessions;

/// <summary>A readable user agent: "Firefox on Linux", "curl 8.5". For display only, never for a decision.</summary>
public static class AgentText
{
    // The order matters: earlier entries also name the later ones in their user agents.
    private static readonly (string Sign, string Name)[] Browsers =
    [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("HeadlessChrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>The text; null without a user agent.</summary>
    /// <param name="userAgent">The header's value.</param>
    /// <param name="on">The format that joins browser and system.</param>
    public static string? Of(string? userAgent, string on)
    {
        if (string.IsNullOrWhiteSpace(userAgent))
        {
            return null;
        }

        return OfBrowser(userAgent, on) ?? Product(userAgent);
    }

    /// <summary>The text of a browser that is known here; null for anything else: no word of the caller's.</summary>
    public static string? OfBrowser(string? userAgent, string on)
    {
        if (userAgent?.StartsWith("Mozilla/", StringComparison.Ordinal) is not true)
        {
            return null;
        }

        var browser = Browsers.FirstOrDefault(known => userAgent.Contains(known.Sign, StringComparison.Ordinal)).Name;
        var system = Systems.FirstOrDefault(known => userAgent.Contains(known.Sign, StringComparison.Ordinal)).Name;
        return browser is null ? null
            : system is null ? browser
            : string.Format(System.Globalization.CultureInfo.InvariantCulture, on, browser, system);
    }

    /// <summary>The first product and its version (RFC 9110 §10.1.5).</summary>
    private static string Product(string userAgent)
    {
        var first = userAgent.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries)[0];
        var parts = first.Split('/', 2);
        return parts is [{ Length: > 0 } name, { Length: > 0 } version] ? $"{name} {version}" : first;
    }
}

namespace Turnstone.Server.Telemetry;

/// <summary>
/// Framework categories that log what a request contains: the URL with its query, the bytes of a malformed request, a
/// value that could not be bound. It may be a code or a subscription key, so they are silent below Warning, whatever
/// the settings say.
/// </summary>
internal static class SecretCategories
{
    private static readonly string[] Names =
    [
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Mvc",
        "Microsoft.AspNetCore.HttpLogging",
        "Microsoft.AspNetCore.HttpOverrides",
        "Microsoft.AspNetCore.Routing",
        "Microsoft.AspNetCore.StaticFiles",
        "Microsoft.AspNetCore.Antiforgery",
        "Microsoft.AspNetCore.WebUtilities",
        "Microsoft.AspNetCore.Identity",
    ];

    // They log a cookie or a form token that cannot be opened as their own failure, with a stack trace. It is the
    // sender's fault, and the answer says so.
    private static readonly string[] Silent =
    [
        "Microsoft.AspNetCore.Antiforgery",
        "Microsoft.AspNetCore.Mvc.ViewFeatures.CookieTempDataProvider",
    ];

    /// <summary>Applied to every rule, so no more specific rule can override it.</summary>
    public static void Quiet(LoggerFilterOptions options)
    {
        var rules = options
            .Rules.Select(rule => new LoggerFilterRule(
                rule.ProviderName,
                rule.CategoryName,
                rule.LogLevel,
                (provider, category, level) =>
                    Allows(category, level) && rule.Filter?.Invoke(provider, category, level) is not false
            ))
            .ToList();
        rules.Insert(
            0,
            new LoggerFilterRule(null, null, options.MinLevel, (_, category, level) => Allows(category, level))
        );
        options.Rules.Clear();
        rules.ForEach(options.Rules.Add);
    }

    private static bool Allows(string? category, LogLevel level) =>
        category is null || !IsIn(level >= LogLevel.Warning ? Silent : Names, category);

    private static bool IsIn(string[] names, string category) =>
        Array.Exists(names, name => category.StartsWith(name, StringComparison.Ordinal));
}

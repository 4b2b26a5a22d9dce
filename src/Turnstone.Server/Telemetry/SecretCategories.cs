namespace Turnstone.Server.Telemetry;

/// <summary>
/// Categories of the framework that write what a request carried: the whole URL with its query, a malformed request's
/// bytes, a value that could not be bound. A code or a subscription key may be among it, so below a warning they stay
/// silent whatever level the settings ask for.
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
        "Microsoft.AspNetCore.Mvc",
        "Microsoft.AspNetCore.Identity",
    ];

    /// <summary>Puts the condition into every rule, so that none, however exact, gets around it.</summary>
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
        level >= LogLevel.Warning
        || category is null
        || !Array.Exists(Names, name => category.StartsWith(name, StringComparison.Ordinal));
}

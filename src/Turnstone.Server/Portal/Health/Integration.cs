namespace Turnstone.Server.Portal.Health;

/// <summary>What an integration uses to log in.</summary>
public enum IntegrationKind
{
    Account,
    ApiKey,
    Application,
}

/// <summary>One integration, with its recent counts and findings.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The key's or application's; empty for the account itself.</param>
/// <param name="Path">The page where it is managed.</param>
/// <param name="Usage">Its counts.</param>
/// <param name="Findings">What they mean.</param>
public sealed record Integration(
    IntegrationKind Kind,
    string Name,
    string Path,
    Usage Usage,
    IReadOnlyList<Finding> Findings
);

using Turnstone.Directory;

namespace Turnstone.Server.Portal.Health;

/// <summary>What a customer's program comes in by.</summary>
public enum IntegrationKind
{
    Account,
    ApiKey,
    Application,
}

/// <summary>One way in, with its last days and what they mean.</summary>
/// <param name="Kind">Which way.</param>
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

using Turnstone.Sessions;

namespace Turnstone.Audit;

/// <summary>
/// Counts for the charts: one number per holder, day and outcome, whatever the traffic. Counting never waits: numbers
/// are gathered in memory and written by one upsert a flush, so a killed process may lose the last second of a chart
/// (never a session's own counts, which are in its row).
/// </summary>
public interface IUsageCounters
{
    void Count(UsageHolder holder, UsageOutcome outcome);

    /// <summary>
    /// Every node's numbers as they are stored, and this node's that are not yet, also while nothing can be written.
    /// </summary>
    Task<IReadOnlyList<UsageRow>> ReadAsync(
        UsageHolder holder,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken
    );
}

public enum UsageOutcome
{
    Login,
    Refresh,
    Replay,
    Current,
    TooEarly,
    Reuse,
    Forgotten,
    Expired,
    Revoked,
    Invalid,
    Steered,
    Limited,
}

/// <summary>Whom a count belongs to: the client, the API key, or the account when neither took part.</summary>
public readonly record struct UsageHolder(string Value)
{
    public static UsageHolder Of(string? clientId, Guid? apiKeyId, Guid? accountId) =>
        new(
            clientId is not null ? $"client:{clientId}"
            : apiKeyId is { } key ? $"apikey:{key}"
            : accountId is { } account ? $"account:{account}"
            : "nobody"
        );

    public static UsageHolder Of(Session session) => Of(session.ClientId, session.ApiKeyId, session.AccountId);

    /// <summary>Refusals that concern nobody who is known: unknown credentials, forged tokens.</summary>
    public static UsageHolder Nobody { get; } = new("nobody");
}

public sealed record UsageRow(DateOnly Day, UsageOutcome Outcome, long Count);

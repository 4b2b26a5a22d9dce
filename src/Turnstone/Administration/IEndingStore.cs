using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Administration;

/// <summary>Holders whose credentials end in one commit.</summary>
public sealed record EndStep
{
    /// <summary>With their API keys, subscriptions and applications.</summary>
    public IReadOnlyList<Guid> Accounts { get; init; } = [];

    public IReadOnlyList<string> Clients { get; init; } = [];

    public IReadOnlyList<Guid> Subscriptions { get; init; } = [];

    /// <summary>
    /// Ends the accounts' sessions and nothing that opens them: API keys, subscriptions, applications and codes stay.
    /// </summary>
    public bool KeepsCredentials { get; init; }

    /// <summary>Whether their sessions end too, each holder's by a mark; otherwise one mark of everyone does.</summary>
    public bool EndsSessions { get; init; } = true;
}

/// <summary>Ends everything that opens sessions for somebody.</summary>
public interface IEndingStore
{
    /// <summary>What the step would end.</summary>
    Task<EndCount> CountAsync(EndStep step, CancellationToken cancellationToken);

    /// <summary>
    /// How many sessions live, of everyone or of these subscriptions. No index leads to them, so all sessions are read.
    /// </summary>
    Task<int> CountSessionsAsync(IReadOnlySet<Guid>? subscriptions, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the holders' sessions, revokes their API keys, suspends their subscriptions, disables their clients,
    /// removes their unused codes and gives their accounts new stamps, with an audit entry for each, in one commit.
    /// What has ended already is left as it is.
    /// </summary>
    Task<EndCount> EndAsync(EndStep step, Caller caller, string detail, CancellationToken cancellationToken);

    /// <summary>
    /// Ends everything of the account for ever and empties its row, so that its email can be used again. Withdrawn: it
    /// is the last administrator's. Conflict: there is no such account, or it was erased before.
    /// </summary>
    Task<ReceiptKind> EraseAsync(Guid accountId, Caller caller, CancellationToken cancellationToken);

    /// <summary>
    /// Takes networks, user agents and free texts out of the next entries that concern an erased account and are older
    /// than its erasure; answers where to go on, or null after the last.
    /// </summary>
    Task<Guid?> ScrubAuditAsync(Guid accountId, Guid after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Takes networks and user agents out of the next sessions of an erased account; answers where to go on, or null
    /// after the last.
    /// </summary>
    Task<Guid?> ScrubSessionsAsync(Guid accountId, Guid after, int limit, CancellationToken cancellationToken);

    /// <summary>Accounts in the order of their ids.</summary>
    Task<IReadOnlyList<Guid>> AccountsAsync(Guid after, int limit, CancellationToken cancellationToken);

    /// <summary>Active subscriptions to a product in the order of their ids.</summary>
    Task<IReadOnlyList<Guid>> SubscriptionsAsync(
        Guid productId,
        Guid after,
        int limit,
        CancellationToken cancellationToken
    );

    /// <summary>Enabled clients that no account owns, in the order of their ids.</summary>
    Task<IReadOnlyList<string>> UnownedClientsAsync(string after, int limit, CancellationToken cancellationToken);
}

using Turnstone.Model;

namespace Turnstone.Audit;

/// <summary>
/// The append-only record. Entries that belong to a change are given to the store call that makes the change and commit
/// with it.
/// </summary>
public interface IAuditLog
{
    Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Appends a refusal, or counts it in a row with others of its kind: how many rows there are is bounded. A killed
    /// process loses what it has counted since the minute began, and of known holders since the hour began.
    /// </summary>
    Task AppendRefusalAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>
    /// Notes what was issued to a program, without waiting for the entry: it is written within a second, together with
    /// others of the same client, network and second, and is lost with a killed process.
    /// </summary>
    void NoteIssue(AuditEntry entry);

    /// <summary>
    /// The newest entries that match, newest first; what this node has noted and not written yet is among them, also
    /// while nothing can be written.
    /// </summary>
    Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Removes entries of a chain that are older, in whole blocks; answers how many, at least <paramref name="limit"/>
    /// while there is more.
    /// </summary>
    Task<int> SweepAsync(AuditChain chain, DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

public sealed record AuditQuery
{
    public Guid? AccountId { get; init; }

    public string? ClientId { get; init; }

    /// <summary>Beside the account's own entries those that concern these clients: the ones it owns.</summary>
    public IReadOnlyList<string> OwnedClients { get; init; } = [];

    public Guid? ApiKeyId { get; init; }

    public SessionId? SessionId { get; init; }

    /// <summary>What came from this address, of those who acted for themselves.</summary>
    public string? Network { get; init; }

    public AuditEvent? Event { get; init; }

    /// <summary>One of these; none for all.</summary>
    public IReadOnlyList<AuditEvent> Events { get; init; } = [];

    /// <summary>The contract's name, as it is recorded.</summary>
    public string? Contract { get; init; }

    /// <summary>Only what was refused, or only what was not.</summary>
    public bool? Refused { get; init; }

    /// <summary>The administrator who acted.</summary>
    public Guid? ActorId { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>Only entries older in the record than this one: the next page.</summary>
    public Guid? Before { get; init; }

    public int Limit { get; init; } = 100;
}

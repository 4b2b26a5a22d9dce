namespace Turnstone.Model;

/// <summary>What happened. The names are stable: they are written to the store and exported.</summary>
public enum AuditEvent
{
    Login,
    LoginFailed,
    RefreshReuse,
    CopySuspected,
    StoreForgot,
    AbuseRefused,
    SessionRevoked,
    SessionsRevoked,
    CodeMinted,
    CodeReused,
    ConsentGiven,
    ConsentWithdrawn,
    PasswordChanged,
    AccountCreated,
    AccountChanged,
    ClientCreated,
    ClientChanged,
    ProductCreated,
    ProductChanged,
    ApiCreated,
    ApiChanged,
    SubscriptionCreated,
    SubscriptionChanged,
    SubscriptionKeyShown,
    ApiKeyCreated,
    ApiKeyRenewed,
    ApiKeyRenamed,
    ApiKeyScopesChanged,
    ApiKeyRolled,
    ApiKeyRevoked,
    SigningKeyCreated,
    SigningKeyRetired,
    Backup,
    AuditLogAccepted,
}

/// <summary>
/// One line of the append-only record: who, what, from where, when, for which session, with what outcome. It never
/// holds a secret; <see cref="Detail"/> is a short text of ours with names and numbers.
/// </summary>
public sealed record AuditEntry
{
    /// <summary>The place in the record, which the store gives; null for an entry that is not written yet.</summary>
    public Guid? Id { get; init; }

    public required StoredName<AuditEvent> Event { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Caller Caller { get; init; }

    /// <summary>Null when it succeeded; otherwise the refusal's code.</summary>
    public StoredName<RefusalCode>? Refused { get; init; }

    public Guid? AccountId { get; init; }

    public string? ClientId { get; init; }

    public Guid? ApiKeyId { get; init; }

    public SessionId? SessionId { get; init; }

    /// <summary>The contract's name.</summary>
    public string? Contract { get; init; }

    public string? Detail { get; init; }
}

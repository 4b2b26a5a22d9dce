using Turnstone.Model;

namespace Turnstone.Audit;

/// <summary>A sequence of sealed entries; each is kept for a time of its own.</summary>
public enum AuditChain
{
    Logins = 1,
    Refusals = 2,

    /// <summary>Everything else: what was changed, ended and noticed.</summary>
    Acts = 3,
}

public static class AuditChains
{
    public static IReadOnlyList<AuditChain> All { get; } = Enum.GetValues<AuditChain>();

    /// <summary>Where an entry is sealed; what only a newer version knows is kept with the acts.</summary>
    public static AuditChain Of(StoredName<AuditEvent> what) =>
        what.Known switch
        {
            AuditEvent.Login or AuditEvent.CodeMinted => AuditChain.Logins,
            AuditEvent.LoginFailed or AuditEvent.AbuseRefused => AuditChain.Refusals,
            _ => AuditChain.Acts,
        };
}

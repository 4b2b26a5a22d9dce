using Turnstone.Model;

namespace Turnstone.Server.Operations.AuditLog;

/// <summary>An entry as commands print it.</summary>
internal sealed record AuditLine(
    DateTimeOffset At,
    string Event,
    string? Refused,
    Guid? AccountId,
    string? ClientId,
    Guid? ApiKeyId,
    string? SessionId,
    string? Contract,
    string? Detail,
    string Network,
    string? UserAgent,
    Guid? ActorId,
    string? Reason
)
{
    public static AuditLine Of(AuditEntry entry) =>
        new(
            entry.At,
            $"{entry.Event}",
            entry.Refused is { } code ? $"{code}" : null,
            entry.AccountId,
            entry.ClientId,
            entry.ApiKeyId,
            entry.SessionId?.ToString(),
            entry.Contract,
            entry.Detail,
            entry.Caller.Network,
            entry.Caller.UserAgent,
            entry.Caller.ActorId,
            entry.Caller.Reason
        );
}

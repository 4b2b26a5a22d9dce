using Turnstone.Model;
using Turnstone.Server.Own;
using Turnstone.Server.Settings;
using Turnstone.Sessions;

namespace Turnstone.Server.Portal.Activity;

/// <summary>What became of the sessions that entries of the record name.</summary>
public sealed class SessionFates(ISessionStore sessions, TurnstoneSettings settings, TimeProvider time)
{
    // No row is removed sooner after its login.
    private readonly TimeSpan leastKept = settings.Retention.ToRetention().Sessions;

    /// <summary>The entries as the reader may see them, with what became of the reader's own sessions.</summary>
    public async Task<IReadOnlyList<ActivityRow>> ToRowsAsync(
        IEnumerable<AuditEntry> entries,
        Guid reader,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        List<ActivityRow> rows = [.. entries.Select(entry => ActivityRow.Of(entry, reader))];
        var fates = (
            await sessions.FindAllAsync(
                [.. rows.Select(row => Opened(row.Entry, reader)).OfType<SessionId>().Distinct()],
                cancellationToken
            )
        ).ToDictionary(session => session.Id, session => SessionFate.Of(session, now));
        return
        [
            .. rows.Select(row =>
                Opened(row.Entry, reader) is { } id
                    ? row with
                    {
                        Fate = fates.GetValueOrDefault(id, OfMissing(row.Entry, now)),
                    }
                    : row
            ),
        ];
    }

    private SessionFate OfMissing(AuditEntry entry, DateTimeOffset now) =>
        new(entry.At > now - leastKept ? SessionState.Lost : SessionState.Over);

    // A session that was opened again has its login in no entry: the store has forgotten it.
    private static SessionId? Opened(AuditEntry entry, Guid reader) =>
        entry.Refused is null
        && entry.AccountId == reader
        && entry.Event.Known is AuditEvent.Login or AuditEvent.StoreForgot
            ? entry.SessionId
            : null;
}

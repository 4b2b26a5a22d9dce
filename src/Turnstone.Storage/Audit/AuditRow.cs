using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>
/// An audit entry as a row that waits to be sealed; its id is made from its time, so that the order of the ids is the
/// order of the record.
/// </summary>
internal static class AuditRow
{
    private static readonly Insertion<(Guid Id, AuditEntry Entry)> Into = new(
        "audit",
        new("id") { Id = row => row.Id },
        new("event") { Text = row => row.Entry.Event.Text },
        new("at") { Number = row => Value.OfTime(row.Entry.At) },
        new("network") { Text = row => row.Entry.Caller.Network },
        new("user_agent") { Text = row => row.Entry.Caller.UserAgent },
        new("refused") { Text = row => row.Entry.Refused?.Text },
        new("account_id") { Id = row => row.Entry.AccountId },
        new("client_id") { Text = row => row.Entry.ClientId },
        new("api_key_id") { Id = row => row.Entry.ApiKeyId },
        new("session_id") { Id = row => row.Entry.SessionId?.Value },
        new("contract") { Text = row => row.Entry.Contract },
        new("detail") { Text = row => row.Entry.Detail },
        new("actor_id") { Id = row => row.Entry.Caller.ActorId },
        new("reason") { Text = row => row.Entry.Caller.Reason }
    );

    public static readonly string Columns = Into.Columns;

    public static Task AppendAsync(Db db, AuditEntry entry) => AppendAsync(db, [entry]);

    public static Task AppendAsync(Db db, IReadOnlyList<AuditEntry> entries) =>
        AppendAsync(db, [.. entries.Select(entry => (db.NewId(entry.At), entry))]);

    public static Task AppendAsync(Db db, IReadOnlyList<(Guid Id, AuditEntry Entry)> rows) =>
        rows.Count == 0 ? Task.CompletedTask : db.InsertAsync(Into, rows);

    public static AuditEntry Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            Event = row.Name<AuditEvent>(1),
            At = row.Time(2),
            Caller = Caller.Recorded(row.Text(3), row.MaybeText(4), row.MaybeId(12), row.MaybeText(13)),
            Refused = row.MaybeName<RefusalCode>(5),
            AccountId = row.MaybeId(6),
            ClientId = row.MaybeText(7),
            ApiKeyId = row.MaybeId(8),
            SessionId = row.MaybeId(9) is { } session ? new SessionId(session) : null,
            Contract = row.MaybeText(10),
            Detail = row.MaybeText(11),
        };
}

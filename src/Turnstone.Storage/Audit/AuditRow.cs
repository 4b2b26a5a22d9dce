using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Audit;

/// <summary>
/// An audit entry as a row; its id is made from its time, so that the primary key is the order of the record.
/// </summary>
internal static class AuditRow
{
    private static readonly Insertion Into = new(
        "audit",
        ("id", Shape.Bytes),
        ("event", Shape.Text),
        ("at", Shape.Number),
        ("network", Shape.Text),
        ("user_agent", Shape.Text),
        ("refused", Shape.Text),
        ("account_id", Shape.Bytes),
        ("client_id", Shape.Text),
        ("api_key_id", Shape.Bytes),
        ("session_id", Shape.Bytes),
        ("contract", Shape.Text),
        ("detail", Shape.Text),
        ("actor_id", Shape.Bytes),
        ("reason", Shape.Text)
    );

    public static readonly string Columns = Into.Columns;

    public static Task AppendAsync(Db db, AuditEntry entry) => AppendAsync(db, [entry]);

    public static Task AppendAsync(Db db, IReadOnlyList<AuditEntry> entries) =>
        entries.Count == 0 ? Task.CompletedTask : db.InsertAsync(Into, [.. entries.Select(entry => Values(db, entry))]);

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

    private static object?[] Values(Db db, AuditEntry e) =>
        [
            db.NewId(e.At),
            e.Event,
            e.At,
            e.Caller.Network,
            e.Caller.UserAgent,
            e.Refused,
            e.AccountId,
            e.ClientId,
            e.ApiKeyId,
            e.SessionId,
            e.Contract,
            e.Detail,
            e.Caller.ActorId,
            e.Caller.Reason,
        ];
}

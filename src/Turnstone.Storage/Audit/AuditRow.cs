using Turnstone.Model;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Audit;

/// <summary>
/// An audit entry as a row; its id is made from its time, so that the primary key is the order of the record.
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

    public static async Task AppendAsync(Db db, IReadOnlyList<AuditEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var rows = new (Guid Id, AuditEntry Entry)[entries.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (db.NewId(entries[i].At), entries[i]);
        }

        await db.InsertAsync(Into, rows);
        await IndexSource.Audit.AddLateAsync(
            db,
            rows,
            row => row.Id,
            row => [row.Entry.AccountId, row.Entry.ApiKeyId]
        );
    }

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

using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Directory;

/// <summary>Who may be which client without a secret, and what was last seen of them.</summary>
internal sealed class TrustStore(Engine engine) : ITrustStore
{
    private const string Columns =
        "id, client_id, issuer, audience, claims, jwks, created_at, used_at, used_by, refused_at, refused_for";

    // What finds no room is noted for a rule that does not exist.
    private readonly WriteBehindBuffer<Guid, (DateTimeOffset At, string By)> uses = new(Later, _ => Guid.Empty);
    private readonly WriteBehindBuffer<Guid, (DateTimeOffset At, string Lacked)> refusals = new(Later, _ => Guid.Empty);

    public async Task<IReadOnlyList<TrustRule>> ListAsync(string clientId, CancellationToken cancellationToken)
    {
        // The row is read within both, so that nothing is written between its reading and a look at what waits.
        var ((stored, used), refused) = await refusals.ReadAsync(() =>
            uses.ReadAsync(() => StoredAsync(clientId, cancellationToken))
        );
        return
        [
            .. stored.Select(rule =>
                rule with
                {
                    Used = Newer(rule.Used, used, rule.Id),
                    Refused = Newer(rule.Refused, refused, rule.Id),
                }
            ),
        ];
    }

    public Task<Receipt> AddAsync(TrustRule rule, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                // The row of the client is held, so that two who add count each other.
                if (!await db.AnyAsync($"SELECT 1 FROM clients WHERE id = $1 {db.ForUpdate}", rule.ClientId))
                {
                    return Receipt.Withdrawn;
                }

                if (await CountAsync(db, rule.ClientId) >= TrustRule.Most)
                {
                    return Receipt.TooMany(rule.CreatedAt);
                }

                await db.ExecuteAsync(
                    "INSERT INTO trust_rules (id, client_id, issuer, audience, claims, jwks, created_at) "
                        + "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    rule.Id,
                    rule.ClientId,
                    rule.Issuer,
                    rule.Audience,
                    Lists.Write([.. rule.Conditions.Select(one => $"{one.Name}\n{one.Value}")]),
                    rule.Keys?.Text,
                    rule.CreatedAt
                );
                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<Receipt> RemoveAsync(string clientId, Guid id, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                if (
                    await db.ExecuteAsync("DELETE FROM trust_rules WHERE id = $1 AND client_id = $2", id, clientId) == 0
                )
                {
                    return Receipt.Withdrawn;
                }

                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public void NoteUse(Guid id, DateTimeOffset at, string by) => uses.Add(id, (at, by));

    public void NoteRefusal(Guid id, DateTimeOffset at, string lacked) => refusals.Add(id, (at, lacked));

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(uses, "used_at", "used_by", cancellationToken);
        await FlushAsync(refusals, "refused_at", "refused_for", cancellationToken);
    }

    // In one order on every node, so that two that flush at once do not lock up.
    private Task FlushAsync(
        WriteBehindBuffer<Guid, (DateTimeOffset At, string Text)> notes,
        string at,
        string text,
        CancellationToken cancellationToken
    ) =>
        notes.FlushAsync(
            all => all.OrderBy(note => note.Key),
            some =>
                engine.WriteAsync(
                    db =>
                        db.ExecuteManyAsync(
                            $"UPDATE trust_rules SET {at} = $2, {text} = $3 WHERE id = $1 "
                                + $"AND ({at} IS NULL OR {at} < $2)",
                            [.. some.Select(note => new object?[] { note.Key, note.Value.At, note.Value.Text })]
                        ),
                    cancellationToken
                )
        );

    private Task<List<TrustRule>> StoredAsync(string clientId, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db =>
                db.ListAsync(
                    $"SELECT {Columns} FROM trust_rules WHERE client_id = $1 ORDER BY created_at, id",
                    Read,
                    clientId
                ),
            cancellationToken
        );

    private static async Task<long> CountAsync(Db db, string clientId) =>
        await db.NumberAsync("SELECT COUNT(*) FROM trust_rules WHERE client_id = $1", clientId);

    private static (DateTimeOffset At, string Text) Later(
        (DateTimeOffset At, string Text) one,
        (DateTimeOffset At, string Text) other
    ) => one.At > other.At ? one : other;

    private static (DateTimeOffset At, string Text)? Newer(
        (DateTimeOffset At, string Text)? stored,
        IEnumerable<KeyValuePair<Guid, (DateTimeOffset At, string Text)>> waiting,
        Guid id
    ) =>
        waiting
            .Where(note => note.Key == id)
            .Select(note => ((DateTimeOffset At, string Text)?)note.Value)
            .Append(stored)
            .MaxBy(note => note?.At);

    private static TrustRule Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            ClientId = row.Text(1),
            Issuer = row.Text(2),
            Audience = row.Text(3),
            Conditions =
            [
                .. Lists
                    .ReadTexts(row.Text(4))
                    .Select(pair => pair.Split('\n', 2))
                    .Select(pair => new ClaimCondition(pair[0], pair[1])),
            ],
            Keys = row.MaybeText(5) is { } jwks && VerificationKeys.TryRead(jwks, out var keys, out _) ? keys : null,
            CreatedAt = row.Time(6),
            Used = row.MaybeTime(7) is { } used ? (used, row.Text(8)) : null,
            Refused = row.MaybeTime(9) is { } refused ? (refused, row.Text(10)) : null,
        };
}

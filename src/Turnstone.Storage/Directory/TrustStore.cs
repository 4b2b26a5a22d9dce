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

    private readonly LastSeen<Guid> seen = new(engine, "trust_rules", "id", Guid.Empty);

    public Task<IReadOnlyList<TrustRule>> ListAsync(string clientId, CancellationToken cancellationToken) =>
        seen.ReadAsync(
            () => StoredAsync(clientId, cancellationToken),
            (rule, used, refused) =>
                rule with
                {
                    Used = Note.Later(rule.Used, used(rule.Id)),
                    Refused = Note.Later(rule.Refused, refused(rule.Id)),
                }
        );

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

    public void NoteUse(Guid id, DateTimeOffset at, string by) => seen.NoteUse(id, at, by);

    public void NoteRefusal(Guid id, DateTimeOffset at, string lacked) => seen.NoteRefusal(id, at, lacked);

    public Task FlushAsync(CancellationToken cancellationToken) => seen.FlushAsync(cancellationToken);

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
            Used = Note.Read(row, 7),
            Refused = Note.Read(row, 9),
        };
}

using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Directory;

/// <summary>The identity providers of companies, and whose accounts their subjects are.</summary>
internal sealed class IdentityProviderStore(Engine engine) : IIdentityProviderStore
{
    private const string Columns =
        "issuer, domains, clients, jwks, created_at, revision, used_at, used_by, refused_at, refused_for";

    private readonly LastSeen<string> seen = new(engine, "identity_providers", "issuer", "");

    public Task<IReadOnlyList<IdentityProvider>> ListAsync(CancellationToken cancellationToken) =>
        seen.ReadAsync(
            () =>
                engine.ReadAsync(
                    db => db.ListAsync($"SELECT {Columns} FROM identity_providers ORDER BY issuer", Read),
                    cancellationToken
                ),
            (one, used, refused) =>
                one with
                {
                    Used = Note.Later(one.Used, used(one.Issuer)),
                    Refused = Note.Later(one.Refused, refused(one.Issuer)),
                }
        );

    public Task<IdentityProvider?> FindAsync(string issuer, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db => db.FirstAsync($"SELECT {Columns} FROM identity_providers WHERE issuer = $1", Read, issuer),
            cancellationToken
        );

    public Task<Receipt> SaveAsync(IdentityProvider provider, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                var saved = await db.ExecuteAsync(
                    provider.Revision == 0
                        ? "INSERT INTO identity_providers (issuer, domains, clients, jwks, created_at, revision) "
                            + "VALUES ($1, $2, $3, $4, $5, $6 + 1) ON CONFLICT (issuer) DO NOTHING"
                        : "UPDATE identity_providers SET domains = $2, clients = $3, jwks = $4, created_at = $5, "
                            + "revision = revision + 1 WHERE issuer = $1 AND revision = $6",
                    provider.Issuer,
                    Lists.Write([.. provider.Domains]),
                    Lists.Write([.. provider.Clients]),
                    provider.Keys?.Text,
                    provider.CreatedAt,
                    provider.Revision
                );
                if (saved == 0)
                {
                    return Receipt.Conflict;
                }

                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<Receipt> RemoveAsync(string issuer, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                if (await db.ExecuteAsync("DELETE FROM identity_providers WHERE issuer = $1", issuer) == 0)
                {
                    return Receipt.Withdrawn;
                }

                await AuditRow.AppendAsync(db, entry);
                db.Announce(ChangeKind.Directory);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public void NoteUse(string issuer, DateTimeOffset at, string by) => seen.NoteUse(issuer, at, by);

    public void NoteRefusal(string issuer, DateTimeOffset at, string lacked) => seen.NoteRefusal(issuer, at, lacked);

    public Task FlushAsync(CancellationToken cancellationToken) => seen.FlushAsync(cancellationToken);

    public Task<Guid?> PersonAsync(string issuer, string subject, CancellationToken cancellationToken) =>
        engine.ReadAsync(db => PersonAsync(db, issuer, subject), cancellationToken);

    public Task<Receipt> LinkAsync(
        string issuer,
        string subject,
        Guid accountId,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) =>
        engine.ChangeAsync(
            async db =>
            {
                var added = await db.ExecuteAsync(
                    "INSERT INTO provider_subjects (issuer, subject, account_id, since) VALUES ($1, $2, $3, $4) "
                        + "ON CONFLICT (issuer, subject) DO NOTHING",
                    issuer,
                    subject,
                    accountId,
                    entry.At
                );
                if (added > 0)
                {
                    await AuditRow.AppendAsync(db, entry);
                    return Receipt.Committed;
                }

                return await PersonAsync(db, issuer, subject) == accountId ? Receipt.Committed : Receipt.Withdrawn;
            },
            cancellationToken
        );

    private static async Task<Guid?> PersonAsync(Db db, string issuer, string subject) =>
        (
            await db.ListAsync(
                "SELECT account_id FROM provider_subjects WHERE issuer = $1 AND subject = $2",
                row => row.Id(0),
                issuer,
                subject
            )
        )
            is [var account]
            ? account
            : null;

    private static IdentityProvider Read(Row row) =>
        new()
        {
            Issuer = row.Text(0),
            Domains = [.. Lists.ReadTexts(row.Text(1))],
            Clients = [.. Lists.ReadTexts(row.Text(2))],
            Keys = row.MaybeText(3) is { } jwks && VerificationKeys.TryRead(jwks, out var keys, out _) ? keys : null,
            CreatedAt = row.Time(4),
            Revision = row.Number(5),
            Used = Note.Read(row, 6),
            Refused = Note.Read(row, 8),
        };
}

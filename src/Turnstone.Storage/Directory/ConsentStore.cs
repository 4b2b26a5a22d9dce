using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Directory;

internal sealed class ConsentStore(Engine engine, TimeProvider time) : IConsentStore
{
    private const string Columns = "account_id, client_id, contract, scopes, given_at, resources";

    private const string One =
        $"SELECT {Columns} FROM consents WHERE account_id = $1 AND client_id = $2 AND contract = $3";

    public Task<Consent?> FindAsync(
        Guid accountId,
        string clientId,
        string contract,
        CancellationToken cancellationToken
    ) => engine.ReadAsync(db => db.FirstAsync(One, Read, accountId, clientId, contract), cancellationToken);

    public Task<IReadOnlyList<Consent>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<Consent>>(
            async db =>
                await db.ListAsync(
                    $"SELECT {Columns} FROM consents WHERE account_id = $1 ORDER BY given_at, client_id",
                    Read,
                    accountId
                ),
            cancellationToken
        );

    public Task GiveAsync(Consent consent, Scopes keepable, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                // As a withdrawal locks it: one that comes between the reading and the writing would be undone.
                await LockAsync(db, consent.AccountId);
                var before = await db.FirstAsync(One, Read, consent.AccountId, consent.ClientId, consent.Contract);
                var kept = before?.Scopes.Names.Where(keepable.Contains) ?? [];
                var resources = (before?.Resources ?? Resources.None).Identifiers.Concat(consent.Resources.Identifiers);
                await db.ExecuteAsync(
                    $"INSERT INTO consents ({Columns}) VALUES ($1, $2, $3, $4, $5, $6) "
                        + "ON CONFLICT (account_id, client_id, contract) DO UPDATE "
                        + "SET scopes = excluded.scopes, given_at = excluded.given_at, "
                        + "resources = excluded.resources",
                    consent.AccountId,
                    consent.ClientId,
                    consent.Contract,
                    Scopes.Of(kept.Concat(consent.Scopes.Names)),
                    consent.GivenAt,
                    Resources.Of(resources)
                );
                await AuditRow.AppendAsync(db, entry);
            },
            cancellationToken
        );

    public Task<Receipt> WithdrawAsync(
        Guid accountId,
        string clientId,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) =>
        engine.ChangeAsync(
            async db =>
            {
                await db.LockMarksAsync();
                await LockAsync(db, accountId);
                var holder = SessionHolder.Consent(accountId, clientId);
                var now = time.GetUtcNow();
                var sessions = await SessionLists.CountAsync(db, engine.Changes.Marks, holder, now);
                var consents = await db.ExecuteAsync(
                    "DELETE FROM consents WHERE account_id = $1 AND client_id = $2",
                    accountId,
                    clientId
                );
                if (consents == 0 && sessions.Number == 0)
                {
                    return Receipt.Withdrawn;
                }

                await db.ExecuteAsync(
                    "DELETE FROM codes WHERE account_id = $1 AND client_id = $2 AND used_at IS NULL",
                    accountId,
                    clientId
                );
                var mark = await Marks.MakeAsync(db, holder, RevocationReason.ByOwner, now);
                await AuditRow.AppendAsync(db, entry);
                return Receipt.Committed with { EndedCount = sessions, LastMark = mark.Number };
            },
            cancellationToken
        );

    internal static Task<bool> LockAsync(Db db, Guid accountId) =>
        db.AnyAsync($"SELECT 1 FROM accounts WHERE id = $1 {db.ForUpdate}", accountId);

    private static Consent Read(Row row) =>
        new(row.Id(0), row.Text(1), row.Text(2), row.Scopes(3), row.Time(4)) { Resources = row.Resources(5) };
}

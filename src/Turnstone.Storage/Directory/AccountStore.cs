using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Directory;

internal sealed class AccountStore(Engine engine, TimeProvider time, RandomSource random) : IAccountStore
{
    private const string AdministersSql = "administrator = 1 AND disabled_at IS NULL";
    private const string NobodysSql = "email_confirmed = 0 AND administrator = 0 AND disabled_at IS NULL";

    // What an account can own, and what says whose it is. The sessions of its API keys are theirs.
    private static readonly (string Table, string Owned)[] Belongings =
    [
        ("passkeys", "b.account_id = a.id"),
        ("subscriptions", "b.account_id = a.id"),
        ("api_keys", "b.account_id = a.id"),
        ("consents", "b.account_id = a.id"),
        ("sessions", "b.account_id = a.id AND b.api_key_id IS NULL"),
        ("clients", "b.owner_id = a.id"),
    ];

    // The condition stands outside too: PostgreSQL looks at a row again that somebody has confirmed meanwhile, but not
    // at the inner list.
    private static readonly string ToSweep =
        $"SELECT a.id FROM accounts a WHERE {NobodysSql} AND a.created_at < $1"
        + string.Concat(
            Belongings.Select(thing => $" AND NOT EXISTS (SELECT 1 FROM {thing.Table} b WHERE {thing.Owned})")
        )
        + " ORDER BY a.created_at LIMIT $2";

    public Task<Receipt> CreateAsync(Account account, AuditEntry entry, CancellationToken cancellationToken) =>
        engine.ChangeAsync(
            async db =>
            {
                await db.ExecuteAsync(AccountRow.Insert, AccountRow.Values(account));
                await AuditRow.AppendAsync(db, entry);
                return Receipt.Committed;
            },
            cancellationToken
        );

    public Task<Account?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db => db.FirstAsync($"SELECT {AccountRow.Columns} FROM accounts WHERE id = $1", AccountRow.Read, id),
            cancellationToken
        );

    public Task<Account?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db =>
                db.FirstAsync(
                    $"SELECT {AccountRow.Columns} FROM accounts WHERE normalized_email = $1",
                    AccountRow.Read,
                    normalizedEmail
                ),
            cancellationToken
        );

    public async Task<Receipt> SaveAsync(
        Account account,
        string newStamp,
        AuditEntry? entry,
        CancellationToken cancellationToken
    )
    {
        var receipt = await engine.ChangeAsync(db => SaveAsync(db, account, newStamp, entry), cancellationToken);
        if (receipt.IsCommitted)
        {
            account.ConcurrencyStamp = newStamp;
        }

        return receipt;
    }

    // The stamp changes too: an account that was read before would bring the old hash back with its next save, and that
    // would look like a new password.
    public Task<Receipt> RehashAsync(Guid id, string oldHash, string newHash, CancellationToken cancellationToken)
    {
        var stamp = Base64UrlText.Encode(random.Bytes(16));
        return engine.WriteAsync(
            async db =>
                await db.ExecuteAsync(
                    "UPDATE accounts SET password_hash = $3, concurrency_stamp = $4 WHERE id = $1 "
                        + "AND password_hash = $2",
                    id,
                    oldHash,
                    newHash,
                    stamp
                ) == 1
                    ? Receipt.Committed
                    : Receipt.Conflict,
            cancellationToken
        );
    }

    public Task SetKnownNetworksAsync(Guid id, IReadOnlyList<byte[]> networks, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db => db.ExecuteAsync("UPDATE accounts SET known_networks = $2 WHERE id = $1", id, Lists.Write(networks)),
            cancellationToken
        );

    public Task SetLettersAsync(Guid id, LetterWishes wishes, AuditEntry? entry, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                await db.ExecuteAsync(
                    "UPDATE accounts SET language = $2, letters_off = $3 WHERE id = $1",
                    id,
                    wishes.Language,
                    Lists.Write([.. wishes.Off.Select(kind => kind.ToString())])
                );
                if (entry is not null)
                {
                    await AuditRow.AppendAsync(db, entry);
                }
            },
            cancellationToken
        );

    public Task<IReadOnlyList<Account>> ListAsync(
        string? emailContains,
        int limit,
        CancellationToken cancellationToken,
        string? after = null
    )
    {
        var pattern = (emailContains ?? "")
            .ToUpperInvariant()
            .Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);
        return engine.ReadAsync<IReadOnlyList<Account>>(
            async db =>
                await db.ListAsync(
                    $"SELECT {AccountRow.Columns} FROM accounts WHERE email <> '' "
                        + @"AND normalized_email LIKE $1 ESCAPE '\' "
                        + "AND normalized_email > $3 ORDER BY normalized_email LIMIT $2",
                    AccountRow.Read,
                    $"%{pattern}%",
                    limit,
                    after ?? ""
                ),
            cancellationToken
        );
    }

    public Task<IReadOnlyList<Account>> AdministratorsAsync(CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<Account>>(
            async db =>
                await db.ListAsync(
                    $"SELECT {AccountRow.Columns} FROM accounts WHERE {AdministersSql} ORDER BY normalized_email",
                    AccountRow.Read
                ),
            cancellationToken
        );

    public Task<int> SweepUnconfirmedAsync(DateTimeOffset madeBefore, int limit, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                if (!await db.AnyAsync(ToSweep, madeBefore, 1))
                {
                    return 0;
                }

                // Whoever signs in meanwhile either is seen or finds nothing.
                await db.LockMarksAsync();
                return await db.ExecuteAsync(
                    $"DELETE FROM accounts WHERE {NobodysSql} AND id IN ({ToSweep})",
                    madeBefore,
                    limit
                );
            },
            cancellationToken
        );

    public Task<IReadOnlyList<Passkey>> PasskeysAsync(Guid accountId, CancellationToken cancellationToken) =>
        engine.ReadAsync<IReadOnlyList<Passkey>>(
            async db =>
                await db.ListAsync(
                    $"SELECT {AccountRow.PasskeyColumns} FROM passkeys WHERE account_id = $1 "
                        + "ORDER BY created_at",
                    AccountRow.ReadPasskey,
                    accountId
                ),
            cancellationToken
        );

    public Task<Passkey?> FindPasskeyAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        engine.ReadAsync(
            db =>
                db.FirstAsync(
                    $"SELECT {AccountRow.PasskeyColumns} FROM passkeys WHERE credential_id = $1",
                    AccountRow.ReadPasskey,
                    credentialId
                ),
            cancellationToken
        );

    // A credential stays with the account that registered it: another account's save of the same id changes nothing.
    public Task SavePasskeyAsync(Passkey passkey, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    $"INSERT INTO passkeys ({AccountRow.PasskeyColumns}) VALUES ($1, $2, $3, $4, $5) "
                        + "ON CONFLICT (credential_id) DO UPDATE SET data = excluded.data "
                        + "WHERE passkeys.account_id = excluded.account_id",
                    passkey.CredentialId,
                    passkey.AccountId,
                    passkey.Data,
                    passkey.CreatedAt,
                    passkey.WaitsSince
                ),
            cancellationToken
        );

    public Task ConfirmPasskeyAsync(
        Guid accountId,
        byte[] credentialId,
        AuditEntry entry,
        CancellationToken cancellationToken
    ) =>
        engine.WriteAsync(
            async db =>
            {
                var confirmed = await db.ExecuteAsync(
                    "UPDATE passkeys SET waits_since = NULL "
                        + "WHERE account_id = $1 AND credential_id = $2 AND waits_since IS NOT NULL",
                    accountId,
                    credentialId
                );
                if (confirmed == 1)
                {
                    await AuditRow.AppendAsync(db, entry);
                }
            },
            cancellationToken
        );

    public Task RemovePasskeyAsync(Guid accountId, byte[] credentialId, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "DELETE FROM passkeys WHERE account_id = $1 AND credential_id = $2",
                    accountId,
                    credentialId
                ),
            cancellationToken
        );

    private async Task<Receipt> SaveAsync(Db db, Account account, string newStamp, AuditEntry? entry)
    {
        // The marks are locked before any row is; whether they have to be, the row tells.
        if (await FindAsync(db, account.Id, "") is { } seen && EndsSessions(seen, account) is not null)
        {
            await db.LockMarksAsync();
        }

        var stored = await FindAsync(db, account.Id, db.ForUpdate);
        if (stored is null || stored.ConcurrencyStamp != account.ConcurrencyStamp)
        {
            return Receipt.Conflict;
        }

        if (Administers(stored) && !Administers(account) && await IsLastAsync(db, account.Id))
        {
            return Receipt.Withdrawn;
        }

        var ends = EndsSessions(stored, account);
        if (ends is RevocationReason.PasswordChanged)
        {
            // Who knew the old password may have added them.
            await db.ExecuteAsync(
                "DELETE FROM passkeys WHERE account_id = $1 AND waits_since IS NOT NULL",
                account.Id
            );
        }

        await db.ExecuteAsync(
            AccountRow.Update,
            AccountRow.Values(account, newStamp, stored.Epoch + (ends is null ? 0 : 1))
        );
        if (ends is { } reason)
        {
            await EndSessionsAsync(db, account.Id, reason);
        }

        // Its clients are cached as they were.
        if (stored.DisabledAt is null != account.DisabledAt is null)
        {
            db.Announce(ChangeKind.Directory);
        }

        if (entry is not null)
        {
            await AuditRow.AppendAsync(db, entry);
        }

        return Receipt.Committed;
    }

    private async Task EndSessionsAsync(Db db, Guid account, RevocationReason reason)
    {
        var now = time.GetUtcNow();
        await Marks.MakeAsync(db, SessionHolder.Account(account), reason, now);
        if (reason is RevocationReason.AccountDisabled)
        {
            var owned = await db.ListAsync(
                "SELECT id FROM clients WHERE owner_id = $1 ORDER BY id",
                row => row.Text(0),
                account
            );
            foreach (var client in owned)
            {
                await Revocations.EndClientAsync(db, client, RevocationReason.ClientDisabled, now);
            }
        }
    }

    internal static Task<Account?> FindAsync(Db db, Guid id, string locked) =>
        db.FirstAsync($"SELECT {AccountRow.Columns} FROM accounts WHERE id = $1 {locked}", AccountRow.Read, id);

    internal static bool Administers(Account account) => account is { Administrator: true, DisabledAt: null };

    // Two administrators who take the right from each other at once take turns here, and the second finds that he is
    // the last.
    internal static async Task<bool> IsLastAsync(Db db, Guid id)
    {
        await db.LockAsync("administrators");
        return !await db.AnyAsync($"SELECT id FROM accounts WHERE {AdministersSql} AND id <> $1", id);
    }

    private static RevocationReason? EndsSessions(Account stored, Account account) =>
        stored.DisabledAt is null && account.DisabledAt is not null ? RevocationReason.AccountDisabled
        : stored.PasswordHash != account.PasswordHash ? RevocationReason.PasswordChanged
        : null;
}

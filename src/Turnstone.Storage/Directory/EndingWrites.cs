using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Directory;

/// <summary>Ends rows inside a transaction that has locked them and, if it makes marks, the marks.</summary>
internal sealed class EndingWrites(Db db, DateTimeOffset now, RandomSource random, Caller caller, string detail)
{
    private readonly List<AuditEntry> entries = [];

    /// <summary>Answers how many unused codes there were.</summary>
    public async Task<int> WriteAsync(EndedRows rows, bool endsSessions, bool keepsCredentials = false)
    {
        await EndAccountsAsync(rows.Accounts);
        await EndClientsAsync(rows.Clients, endsSessions);
        await RevokeKeysAsync(rows.ApiKeys);
        await SuspendAsync(rows.Subscriptions);
        if (endsSessions)
        {
            await MarkAsync(rows);
        }

        var codes = keepsCredentials ? 0 : await RemoveCodesAsync(rows);
        await AuditRow.AppendAsync(db, entries);
        db.Announce(ChangeKind.Directory);
        return codes;
    }

    // New stamps sign out of the portal, and refuse a save of the account as it was before.
    private Task<int> EndAccountsAsync(List<Guid> accounts) =>
        db.ExecuteManyAsync(
            "UPDATE accounts SET epoch = epoch + 1, security_stamp = $2, concurrency_stamp = $3 WHERE id = $1",
            accounts.ConvertAll(id => new object?[] { id, NewAccount.NewStamp(random), NewAccount.NewStamp(random) })
        );

    private async Task EndClientsAsync(List<(string Id, Guid? Owner)> clients, bool endsSessions)
    {
        await db.ExecuteManyAsync(
            "UPDATE clients SET disabled_at = $2, revision = revision + 1 WHERE id = $1",
            clients.ConvertAll(client => new object?[] { client.Id, now })
        );
        foreach (var (id, owner) in clients)
        {
            if (endsSessions)
            {
                await Revocations.EndClientAsync(db, id, RevocationReason.ClientDisabled, now);
            }

            Note(AuditEvent.ClientChanged, owner, $"disabled: {detail}", client: id);
        }
    }

    // Their sessions end by the mark of their account.
    private async Task RevokeKeysAsync(List<(Guid Id, Guid Account)> keys)
    {
        await db.ExecuteManyAsync(
            "UPDATE api_keys SET revoked_at = $2, revision = revision + 1 WHERE id = $1",
            keys.ConvertAll(key => new object?[] { key.Id, now })
        );
        foreach (var (id, account) in keys)
        {
            Note(AuditEvent.ApiKeyRevoked, account, detail, apiKey: id);
        }
    }

    private async Task SuspendAsync(List<(Guid Id, Guid Account)> subscriptions)
    {
        await db.ExecuteManyAsync(
            "UPDATE subscriptions SET state = $2, revision = revision + 1 WHERE id = $1",
            subscriptions.ConvertAll(one => new object?[] { one.Id, SubscriptionState.Suspended })
        );
        foreach (var (id, account) in subscriptions)
        {
            Note(
                AuditEvent.SubscriptionChanged,
                account,
                $"subscription {id}: {SubscriptionState.Active} to {SubscriptionState.Suspended}, {detail}"
            );
        }
    }

    // A subscription has a mark of its own: another account may have logged in with its key.
    private async Task MarkAsync(EndedRows rows)
    {
        foreach (var account in rows.Accounts)
        {
            await Marks.MakeAsync(db, SessionHolder.Account(account), RevocationReason.ByOperator, now);
            Note(AuditEvent.SessionsRevoked, account, detail);
        }

        foreach (var (id, _) in rows.Subscriptions)
        {
            await Marks.MakeAsync(db, SessionHolder.Subscription(id), RevocationReason.CredentialRevoked, now);
        }
    }

    private async Task<int> RemoveCodesAsync(EndedRows rows) =>
        await db.ExecuteManyAsync(
            "DELETE FROM codes WHERE account_id = $1 AND used_at IS NULL",
            rows.Accounts.ConvertAll(id => new object?[] { id })
        )
        + await db.ExecuteManyAsync(
            "DELETE FROM codes WHERE client_id = $1 AND used_at IS NULL",
            rows.Clients.ConvertAll(client => new object?[] { client.Id })
        );

    private void Note(AuditEvent what, Guid? account, string words, string? client = null, Guid? apiKey = null) =>
        entries.Add(
            new AuditEntry
            {
                Event = what,
                At = now,
                Caller = caller,
                AccountId = account,
                ClientId = client,
                ApiKeyId = apiKey,
                Detail = words,
            }
        );
}

using Turnstone.Directory;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>
/// Whether what vouched for a session still does. Each row is held (shared) until the commit, so that a withdrawal either is seen here
/// or comes after the session and ends it. The code is consumed last: when anything else fails nothing has been written.
/// </summary>
internal static class Vouching
{
    public static async Task<bool> StandsAsync(Db db, Vouchers vouchers, SessionId session, DateTimeOffset now) =>
        await AccountAsync(db, vouchers.Account)
        && await ClientAsync(db, vouchers.Client)
        && await ApiKeyAsync(db, vouchers.ApiKeyId, now)
        && await SubscriptionAsync(db, vouchers.SubscriptionId, now)
        && await LetInAsync(db, vouchers.LetInBy, now)
        && await ConsumeCodeAsync(db, vouchers.CodeHash, session, now);

    private static async Task<bool> AccountAsync(Db db, (Guid Id, long Epoch)? account) => account is not var (id, epoch)
        || await db.AnyAsync($"SELECT 1 FROM accounts WHERE id = $1 AND epoch = $2 AND disabled_at IS NULL {db.ForShare}", id, epoch);

    // Its owner's row is held too: whoever disables the account waits there and then finds this session among those of its clients.
    private static async Task<bool> ClientAsync(Db db, (string Id, long Epoch)? client) => client is not var (id, epoch)
        || (await db.ListAsync($"SELECT owner_id FROM clients WHERE id = $1 AND epoch = $2 AND disabled_at IS NULL {db.ForShare}", row => row.MaybeId(0), id, epoch)
                is [var owner]
            && (owner is null || await db.AnyAsync($"SELECT 1 FROM accounts WHERE id = $1 AND disabled_at IS NULL {db.ForShare}", owner)));

    private static async Task<bool> ApiKeyAsync(Db db, Guid? key, DateTimeOffset now) => key is not { } id
        || await db.AnyAsync(
            $"SELECT 1 FROM api_keys WHERE id = $1 AND revoked_at IS NULL AND freezes_at > $2 AND (overlap_ends_at IS NULL OR overlap_ends_at > $2) "
            + $"AND EXISTS (SELECT 1 FROM accounts WHERE accounts.id = api_keys.account_id AND accounts.disabled_at IS NULL) {db.ForShare}",
            id,
            now);

    private static async Task<bool> SubscriptionAsync(Db db, Guid? subscription, DateTimeOffset now) => subscription is not { } id
        || await db.AnyAsync(
            $"SELECT 1 FROM subscriptions WHERE id = $1 AND state = $2 AND (expires_at IS NULL OR expires_at > $3) {db.ForShare}",
            id,
            SubscriptionState.Active,
            now);

    // Not held itself, or the refreshes of a company's session would queue behind all that it opens: the account's row is held, and whoever withdraws waits there.
    private static async Task<bool> LetInAsync(Db db, SessionId? session, DateTimeOffset now) => session is not { } id
        || await db.AnyAsync("SELECT 1 FROM sessions WHERE id = $1 AND revoked_at IS NULL AND refresh_expires_at > $2", id, now);

    private static async Task<bool> ConsumeCodeAsync(Db db, byte[]? code, SessionId session, DateTimeOffset now) => code is null
        || await db.ExecuteAsync(
            "UPDATE codes SET used_at = $2, session_id = $3 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2", code, now, session) == 1;
}

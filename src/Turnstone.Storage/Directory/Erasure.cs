using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage.Audit;
using Turnstone.Storage.Blocks;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;
using Turnstone.Storage.Sessions;

namespace Turnstone.Storage.Directory;

/// <summary>Takes the person out of an account's rows. What it could open has ended.</summary>
internal static class Erasure
{
    private const string Nobody = "erased";

    // Entries whose text is ours, of words and numbers; the others may hold names and reasons.
    private static readonly AuditEvent[] WithOwnTexts =
    [
        AuditEvent.Login,
        AuditEvent.LoginFailed,
        AuditEvent.RefreshReuse,
        AuditEvent.CopySuspected,
        AuditEvent.StoreForgot,
        AuditEvent.AbuseRefused,
    ];

    private static readonly string OwnTexts = string.Join(", ", WithOwnTexts.Select(what => $"'{what}'"));

    // An operator or administrator who acted on the account is not its person.
    private static readonly string Scrub =
        "UPDATE audit SET "
        + $"network = CASE WHEN actor_id = $1 OR (actor_id IS NULL AND network <> '{Caller.Operator.Network}') "
        + $"THEN '{Nobody}' ELSE network END, "
        + "user_agent = CASE WHEN actor_id = $1 OR actor_id IS NULL THEN NULL ELSE user_agent END, "
        + "reason = CASE WHEN account_id = $1 THEN NULL ELSE reason END, "
        + $"detail = CASE WHEN account_id = $1 AND event NOT IN ({OwnTexts}) THEN NULL ELSE detail END "
        + "WHERE id = $2";

    // The addresses of a subscription's key and of an API key stay taken: nobody gets them again.
    private static readonly string[] Statements =
    [
        "DELETE FROM passkeys WHERE account_id = $1",
        "DELETE FROM consents WHERE account_id = $1",
        "DELETE FROM delegations WHERE account_id = $1",
        "DELETE FROM provider_subjects WHERE account_id = $1",
        "DELETE FROM trust_rules WHERE client_id IN (SELECT id FROM clients WHERE owner_id = $1)",
        "DELETE FROM codes WHERE account_id = $1",
        "UPDATE api_keys SET name = '', hint = '', last_used_from = NULL, revision = revision + 1 "
            + "WHERE account_id = $1",
        $"UPDATE subscriptions SET state = '{SubscriptionState.Cancelled}', primary_key_sealed = NULL, "
            + "secondary_key_sealed = NULL, message = NULL, revision = revision + 1 WHERE account_id = $1",
        "UPDATE clients SET name = id, secrets = '[]', redirect_uris = '[]', jwks = NULL, "
            + "post_logout_redirect_uris = NULL, backchannel_logout_uri = NULL, revision = revision + 1 "
            + "WHERE owner_id = $1",
    ];

    /// <summary>Whether an entry's detail is a text of ours, which names nobody.</summary>
    public static bool IsOwnText(AuditEntry entry) => entry.Event.Known is { } what && WithOwnTexts.Contains(what);

    public static async Task WriteAsync(Db db, Guid account, DateTimeOffset now, Caller caller)
    {
        await Persons.ForgetAsync(db, account, now);
        foreach (var statement in Statements)
        {
            await db.ExecuteAsync(statement, account);
        }

        await db.ExecuteAsync(
            "UPDATE accounts SET email = '', normalized_email = $2, email_confirmed = 0, password_hash = NULL, "
                + "administrator = 0, disabled_at = $3, two_factor_enabled = 0, authenticator_key = NULL, "
                + "recovery_codes = '[]', last_totp_step = NULL, second_factor_waits_since = NULL, "
                + "email_changed_at = NULL, known_networks = '[]', language = NULL, "
                + "letters_off = NULL WHERE id = $1",
            account,
            $"{Nobody}:{account}",
            now
        );
        await AuditRow.AppendAsync(
            db,
            new AuditEntry
            {
                Event = AuditEvent.AccountChanged,
                At = now,
                Caller = caller,
                AccountId = account,
                Detail = Nobody,
            }
        );
        db.Announce(ChangeKind.Directory);
    }

    /// <summary>
    /// Takes the person out of what waits to be sealed; what is sealed stands under a key that is gone.
    /// </summary>
    public static async Task<Guid?> ScrubAuditAsync(Db db, Guid account, Guid after, int limit)
    {
        if (await AccountStore.FindAsync(db, account, "") is not { Erased: true, DisabledAt: { } erasedAt })
        {
            return null;
        }

        var entries = await db.ListAsync(
            "SELECT id FROM audit WHERE (account_id = $1 OR actor_id = $1) AND id > $2 AND id < $3 "
                + "ORDER BY id LIMIT $4",
            row => row.Id(0),
            account,
            after,
            IndexIds.Lowest(erasedAt),
            limit
        );
        await db.ExecuteManyAsync(Scrub, entries.ConvertAll(id => new object?[] { account, id }));
        return entries.Count == limit ? entries[^1] : null;
    }

    public static async Task<Guid?> ScrubSessionsAsync(Db db, Guid account, Guid after, int limit)
    {
        var sessions = await db.ListAsync(
            "SELECT id FROM sessions WHERE api_key_id IS NULL AND account_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            row => row.Id(0),
            account,
            after,
            limit
        );
        var keys = await db.ListAsync("SELECT id FROM api_keys WHERE account_id = $1", row => row.Id(0), account);
        foreach (var key in keys)
        {
            sessions.AddRange(await KeySessions.AllAsync(db, key, after, IndexIds.Highest));
        }

        sessions = [.. sessions.Order().Take(limit)];
        await db.ExecuteManyAsync(
            "UPDATE sessions SET opened_network = $2, opened_agent = NULL WHERE id = $1",
            sessions.ConvertAll(id => new object?[] { id, Nobody })
        );
        return sessions.Count == limit ? sessions[^1] : null;
    }
}

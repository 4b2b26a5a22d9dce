using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Tests;

/// <summary>
/// The tables as the first version made them, and rows written in that version's columns: what stands in a store that
/// is about to be upgraded.
/// </summary>
internal sealed class FirstVersion(Engine engine)
{
    private const string Migration = "0001_foundation";

    public Task CreateAsync(CancellationToken cancellationToken) =>
        engine.AloneAsync(
            async db =>
            {
                await db.ExecuteAsync(
                    "CREATE TABLE schema_versions (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, "
                        + "applied_at BIGINT NOT NULL)"
                );
                await db.ExecuteAsync(
                    engine.Words.Aggregate(
                        Sql(),
                        (text, word) => text.Replace($"{{{word.Key}}}", word.Value, StringComparison.Ordinal)
                    )
                );
                return await db.ExecuteAsync(
                    "INSERT INTO schema_versions (version, name, applied_at) VALUES (1, $1, 0)",
                    Migration
                );
            },
            cancellationToken
        );

    public Task AddAsync(Account a, CancellationToken cancellationToken) =>
        InsertAsync(
            "accounts (id, email, normalized_email, email_confirmed, password_hash, security_stamp, "
                + "concurrency_stamp, administrator, lockout_enabled, "
                + "access_failed_count, two_factor_enabled, authenticator_key, recovery_codes, created_at, epoch)",
            [
                a.Id,
                a.Email,
                a.NormalizedEmail,
                a.EmailConfirmed,
                a.PasswordHash,
                a.SecurityStamp,
                a.ConcurrencyStamp,
                a.Administrator,
                true,
                0,
                a.TwoFactorEnabled,
                a.AuthenticatorKey,
                "[]",
                a.CreatedAt,
                a.Epoch,
            ],
            cancellationToken
        );

    public Task AddAsync(Product p, CancellationToken cancellationToken) =>
        InsertAsync(
            "products (id, name, approval_required, created_at)",
            [p.Id, p.Name, p.ApprovalRequired, p.CreatedAt],
            cancellationToken
        );

    public async Task AddAsync(Subscription s, CancellationToken cancellationToken)
    {
        await InsertAsync(
            "subscriptions (id, account_id, product_id, state, primary_key_hash, secondary_key_hash, created_at)",
            [s.Id, s.AccountId, s.ProductId, s.State, s.PrimaryKeyHash, s.SecondaryKeyHash, s.CreatedAt],
            cancellationToken
        );
        await InsertAsync("subscription_keys (hash, subscription_id)", [s.PrimaryKeyHash, s.Id], cancellationToken);
        await InsertAsync("subscription_keys (hash, subscription_id)", [s.SecondaryKeyHash, s.Id], cancellationToken);
    }

    public Task AddAsync(Client c, CancellationToken cancellationToken) =>
        InsertAsync(
            "clients (id, name, public, secrets, redirect_uris, grant_types, scopes, token_types, created_at, epoch)",
            [c.Id, c.Name, c.Public, "[]", "[]", "[]", c.Scopes, "[]", c.CreatedAt, c.Epoch],
            cancellationToken
        );

    public Task AddAsync(ApiKey k, CancellationToken cancellationToken) =>
        InsertAsync(
            "api_keys (id, account_id, name, hash, hint, scopes, created_at, freezes_at)",
            [k.Id, k.AccountId, k.Name, k.Hash, k.Hint, k.Scopes, k.CreatedAt, k.FreezesAt],
            cancellationToken
        );

    public Task AddAsync(OneTimeCode c, CancellationToken cancellationToken) =>
        InsertAsync(
            "codes (hash, contract, account_id, account_epoch, client_id, scopes, expires_at)",
            [c.Hash, c.Contract, c.AccountId, c.AccountEpoch, c.ClientId, c.Scopes, c.ExpiresAt],
            cancellationToken
        );

    public Task AddAsync(Session s, CancellationToken cancellationToken) =>
        InsertAsync(
            "sessions (id, contract, grant_kind, subject, account_id, client_id, api_key_id, scopes, refreshable, "
                + "generation, created_at, advanced_at, access_expires_at, "
                + "refresh_expires_at, ends_at, advance_key_hash, refreshes, replays, last_used_at, opened_network, "
                + "opened_agent, version, longest_access)",
            [
                s.Id,
                s.Contract,
                s.Grant,
                s.Subject,
                s.AccountId,
                s.ClientId,
                s.ApiKeyId,
                s.Scopes,
                s.Refreshable,
                s.Generation,
                s.CreatedAt,
                s.AdvancedAt,
                s.AccessExpiresAt,
                s.RefreshExpiresAt,
                s.EndsAt,
                s.AdvanceKeyHash,
                (long)s.Generation,
                s.Replays,
                s.LastUsedAt,
                s.OpenedBy.Network,
                s.OpenedBy.UserAgent,
                s.Version,
                s.LongestAccess,
            ],
            cancellationToken
        );

    public Task AddAsync(AuditEntry e, CancellationToken cancellationToken) =>
        InsertAsync(
            "audit (id, event, at, network, user_agent, account_id, detail)",
            [e.Id, e.Event, e.At, e.Caller.Network, e.Caller.UserAgent, e.AccountId, e.Detail],
            cancellationToken
        );

    private Task<int> InsertAsync(string columns, object?[] values, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    $"INSERT INTO {columns} VALUES ({string.Join(", ", values.Select((_, i) => $"${i + 1}"))})",
                    values
                ),
            cancellationToken
        );

    private static string Sql()
    {
        using var reader = new StreamReader(typeof(Store).Assembly.GetManifestResourceStream(Migration)!);
        return reader.ReadToEnd();
    }
}

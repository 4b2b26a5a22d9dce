using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>A session as a row: its columns and their order stand here once.</summary>
internal static class SessionRow
{
    public const string Columns =
        "id, contract, grant_kind, subject, account_id, client_id, api_key_id, scopes, refreshable, generation, created_at, advanced_at, "
        + "access_expires_at, refresh_expires_at, ends_at, advance_key_hash, replays, last_used_at, revoked_at, revoked_for, "
        + "opened_network, opened_agent, version, longest_access";

    public const string Insert =
        $"INSERT INTO sessions ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)";

    /// <summary>The minute in which it was opened, as the index of what an API key holds has it.</summary>
    public const string Minute = "CAST(created_at / 60000000 AS INTEGER)";

    public static object?[] Values(Session s) =>
    [
        s.Id, s.Contract, s.Grant, s.Subject == s.AccountId?.ToString() ? null : s.Subject, s.AccountId, s.ClientId, s.ApiKeyId, s.Scopes, s.Refreshable, s.Generation, s.CreatedAt, s.AdvancedAt,
        s.AccessExpiresAt, s.RefreshExpiresAt, s.EndsAt, s.AdvanceKeyHash, s.Replays, s.LastUsedAt, s.RevokedAt, s.RevokedFor,
        s.OpenedBy.Network, s.OpenedBy.UserAgent, s.Version, s.LongestAccess,
    ];

    /// <summary>What a rotation or a revocation changes, if the row is still of the version it was decided on.</summary>
    public const string Rotate =
        "UPDATE sessions SET generation = $3, advanced_at = $4, access_expires_at = $5, refresh_expires_at = $6, last_used_at = $7, replays = $8, version = $9, "
        + "longest_access = $10, advance_key_hash = $11, revoked_at = $12, revoked_for = $13 WHERE id = $1 AND version = $2";

    public static long MinuteOf(DateTimeOffset time) => Value.OfTime(time) / 60_000_000;

    public static Session Read(Row row)
    {
        var account = row.MaybeId(4);
        return new()
        {
            Id = new SessionId(row.Id(0)),
            Contract = row.Text(1),
            Grant = row.Word<GrantKind>(2),

            // Most subjects are the account itself, and are not written twice.
            Subject = row.MaybeText(3) ?? account.ToString()!,
            AccountId = account,
            ClientId = row.MaybeText(5),
            ApiKeyId = row.MaybeId(6),
            Scopes = row.Scopes(7),
            Refreshable = row.Flag(8),
            Generation = checked((uint)row.Number(9)),
            CreatedAt = row.Time(10),
            AdvancedAt = row.Time(11),
            AccessExpiresAt = row.Time(12),
            RefreshExpiresAt = row.Time(13),
            EndsAt = row.MaybeTime(14),
            AdvanceKeyHash = row.MaybeBytes(15),
            Replays = row.Number(16),
            LastUsedAt = row.Time(17),
            RevokedAt = row.MaybeTime(18),
            RevokedFor = row.MaybeWord<RevocationReason>(19),
            OpenedBy = new Caller(row.Text(20), row.MaybeText(21)),
            Version = row.Number(22),
            LongestAccess = TimeSpan.FromMicroseconds(row.Number(23)),
        };
    }
}

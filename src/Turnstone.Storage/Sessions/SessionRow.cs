using System.Data.Common;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>A session as a row: its columns and their order stand here once.</summary>
internal static class SessionRow
{
    public const string Columns =
        "id, contract, grant_kind, subject, account_id, client_id, api_key_id, scopes, refreshable, generation, created_at, advanced_at, "
        + "access_expires_at, refresh_expires_at, ends_at, advance_key_hash, refreshes, replays, last_used_at, revoked_at, revoked_for, "
        + "opened_network, opened_agent, version, longest_access";

    public const string Insert =
        $"INSERT INTO sessions ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)";

    public static object?[] Values(Session s) =>
    [
        s.Id, s.Contract, s.Grant, s.Subject, s.AccountId, s.ClientId, s.ApiKeyId, s.Scopes, s.Refreshable, s.Generation, s.CreatedAt, s.AdvancedAt,
        s.AccessExpiresAt, s.RefreshExpiresAt, s.EndsAt, s.AdvanceKeyHash, s.Refreshes, s.Replays, s.LastUsedAt, s.RevokedAt, s.RevokedFor,
        s.OpenedBy.Network, s.OpenedBy.UserAgent, s.Version, s.LongestAccess,
    ];

    public static Session Read(DbDataReader row) => new()
    {
        Id = new SessionId(row.Id(0)),
        Contract = row.Text(1),
        Grant = row.Word<GrantKind>(2),
        Subject = row.Text(3),
        AccountId = row.MaybeId(4),
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
        Refreshes = row.Number(16),
        Replays = row.Number(17),
        LastUsedAt = row.Time(18),
        RevokedAt = row.MaybeTime(19),
        RevokedFor = row.MaybeWord<RevocationReason>(20),
        OpenedBy = new Caller(row.Text(21), row.MaybeText(22)),
        Version = row.Number(23),
        LongestAccess = TimeSpan.FromMicroseconds(row.Number(24)),
    };
}

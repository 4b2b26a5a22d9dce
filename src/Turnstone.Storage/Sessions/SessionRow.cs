using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Sessions;

/// <summary>A session as a row: its columns and their order stand here once.</summary>
internal static class SessionRow
{
    private static readonly Insertion Into = new(
        "sessions",
        ("id", Shape.Bytes),
        ("contract", Shape.Text),
        ("grant_kind", Shape.Text),
        ("subject", Shape.Text),
        ("account_id", Shape.Bytes),
        ("client_id", Shape.Text),
        ("api_key_id", Shape.Bytes),
        ("scopes", Shape.Text),
        ("refreshable", Shape.Number),
        ("generation", Shape.Number),
        ("created_at", Shape.Number),
        ("advanced_at", Shape.Number),
        ("access_expires_at", Shape.Number),
        ("refresh_expires_at", Shape.Number),
        ("ends_at", Shape.Number),
        ("advance_key_hash", Shape.Bytes),
        ("replays", Shape.Number),
        ("last_used_at", Shape.Number),
        ("revoked_at", Shape.Number),
        ("revoked_for", Shape.Text),
        ("opened_network", Shape.Text),
        ("opened_agent", Shape.Text),
        ("version", Shape.Number),
        ("longest_access", Shape.Number),
        ("opened_after", Shape.Number),
        ("subscription_id", Shape.Bytes),
        ("subscription_key", Shape.Text),
        ("sends_keys", Shape.Number),
        ("repeated_generation", Shape.Number),
        ("alarmed_at", Shape.Number),
        ("opened_by_contract", Shape.Text),
        ("depends_on", Shape.Bytes),
        ("product_id", Shape.Bytes),
        ("sign_in", Shape.Bytes),
        ("key_thumbprint", Shape.Text),
        ("resources", Shape.Text),
        ("signed_in_at", Shape.Number),
        ("sign_in_methods", Shape.Text),
        ("acr", Shape.Text),
        ("details", Shape.Text)
    );

    public static readonly string Columns = Into.Columns;

    public static readonly int Count = Into.Shapes.Count;

    /// <summary>The minute in which it was opened, as the index of what an API key holds has it.</summary>
    public const string Minute = "CAST(created_at / 60000000 AS INTEGER)";

    /// <summary>
    /// What a rotation or a revocation changes, if the row is still of the version it was decided on.
    /// </summary>
    public const string Rotate =
        "UPDATE sessions SET generation = $3, advanced_at = $4, access_expires_at = $5, refresh_expires_at = $6, "
        + "last_used_at = $7, replays = $8, version = $9, longest_access = $10, advance_key_hash = $11, "
        + "revoked_at = $12, revoked_for = $13, sends_keys = $14, repeated_generation = $15, alarmed_at = $16 "
        + "WHERE id = $1 AND version = $2";

    /// <summary>What holds a session, for <see cref="ReadHolders"/>.</summary>
    public const string HolderColumns = "account_id, client_id, api_key_id, subscription_id, subscription_key";

    /// <param name="row">A row.</param>
    /// <param name="first">Where <see cref="HolderColumns"/> begin in it.</param>
    public static SessionHolders ReadHolders(Row row, int first) =>
        new(
            row.MaybeId(first),
            row.MaybeText(first + 1),
            row.MaybeId(first + 2),
            row.MaybeId(first + 3) is { } subscription ? (subscription, row.Word<SubscriptionKeySlot>(first + 4)) : null
        );

    public static long MinuteOf(DateTimeOffset time) => Value.OfTime(time) / 60_000_000;

    public static Task InsertAsync(Db db, IReadOnlyList<Session> rows) =>
        rows.Count == 0 ? Task.CompletedTask : db.InsertAsync(Into, [.. rows.Select(Values)]);

    private static object?[] Values(Session s) =>
        [
            s.Id,
            s.Contract,
            s.Grant,
            s.Subject == s.AccountId?.ToString() ? null : s.Subject,
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
            s.Replays,
            s.LastUsedAt,
            s.RevokedAt,
            s.RevokedFor,
            s.OpenedBy.Network,
            s.OpenedBy.UserAgent,
            s.Version,
            s.LongestAccess,
            s.OpenedAfter,
            s.Subscription?.Id,
            s.Subscription?.Key,
            s.SendsKeys,
            s.RepeatedGeneration,
            s.AlarmedAt,
            s.OpenedThrough,
            s.DependsOn,
            s.ProductId,
            s.SignIn,
            s.KeyThumbprint,
            s.Resources,
            s.Authentication?.At,
            s.Authentication is { } authentication ? string.Join(' ', authentication.Methods) : null,
            s.Authentication?.Acr,
            s.Details,
        ];

    public static Session Read(Row row)
    {
        var account = row.MaybeId(4);
        return new()
        {
            Id = new SessionId(row.Id(0)),
            Contract = row.Text(1),
            Grant = row.Text(2),

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
            RevokedFor = row.MaybeName<RevocationReason>(19),
            OpenedBy = new Caller(row.Text(20), row.MaybeText(21)),
            Version = row.Number(22),
            LongestAccess = TimeSpan.FromMicroseconds(row.Number(23)),
            OpenedAfter = row.Number(24),
            Subscription = row.MaybeId(25) is { } subscription
                ? (subscription, row.Word<SubscriptionKeySlot>(26))
                : null,
            SendsKeys = row.Flag(27),
            RepeatedGeneration = row.MaybeNumber(28),
            AlarmedAt = row.MaybeTime(29),
            OpenedThrough = row.MaybeText(30),
            DependsOn = row.MaybeId(31) is { } other ? new SessionId(other) : null,
            ProductId = row.MaybeId(32),
            SignIn = row.MaybeId(33),
            KeyThumbprint = row.MaybeText(34),
            Resources = row.Resources(35),
            Details = row.Details(39),
            Authentication = row.MaybeTime(36) is { } at
                ? new(at, row.Text(38), row.Text(37).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                : null,
        };
    }
}

using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Engines;
using Turnstone.Storage.Indexes;

namespace Turnstone.Storage.Sessions;

/// <summary>A session as a row: its columns and their order stand here once.</summary>
internal static class SessionRow
{
    private static readonly Insertion<Session> Into = new(
        "sessions",
        new("id") { Id = s => s.Id.Value },
        new("contract") { Text = s => s.Contract },
        new("grant_kind") { Text = s => s.Grant },
        new("subject") { Text = s => s.Subject == s.AccountId?.ToString() ? null : s.Subject },
        new("account_id") { Id = s => s.AccountId },
        new("client_id") { Text = s => s.ClientId },
        new("api_key_id") { Id = s => s.ApiKeyId },
        new("scopes") { Text = s => s.Scopes.ToString() },
        new("refreshable") { Number = s => Value.OfFlag(s.Refreshable) },
        new("generation") { Number = s => s.Generation },
        new("created_at") { Number = s => Value.OfTime(s.CreatedAt) },
        new("advanced_at") { Number = s => Value.OfTime(s.AdvancedAt) },
        new("access_expires_at") { Number = s => Value.OfTime(s.AccessExpiresAt) },
        new("refresh_expires_at") { Number = s => Value.OfTime(s.RefreshExpiresAt) },
        new("ends_at") { Number = s => Value.OfTime(s.EndsAt) },
        new("advance_key_hash") { Bytes = s => s.AdvanceKeyHash },
        new("replays") { Number = s => s.Replays },
        new("last_used_at") { Number = s => Value.OfTime(s.LastUsedAt) },
        new("revoked_at") { Number = s => Value.OfTime(s.RevokedAt) },
        new("revoked_for") { Text = s => s.RevokedFor?.Text },
        new("opened_network") { Text = s => s.OpenedBy.Network },
        new("opened_agent") { Text = s => s.OpenedBy.UserAgent },
        new("version") { Number = s => s.Version },
        new("longest_access") { Number = s => Value.OfSpan(s.LongestAccess) },
        new("opened_after") { Number = s => s.OpenedAfter },
        new("subscription_id") { Id = s => s.Subscription?.Id },
        new("subscription_key") { Text = s => s.Subscription?.Key.ToString() },
        new("sends_keys") { Number = s => Value.OfFlag(s.SendsKeys) },
        new("repeated_generation") { Number = s => s.RepeatedGeneration },
        new("alarmed_at") { Number = s => Value.OfTime(s.AlarmedAt) },
        new("opened_by_contract") { Text = s => s.OpenedThrough },
        new("depends_on") { Id = s => s.DependsOn?.Value },
        new("product_id") { Id = s => s.ProductId },
        new("sign_in") { Id = s => s.SignIn },
        new("key_thumbprint") { Text = s => s.KeyThumbprint },
        new("resources") { Text = s => s.Resources.IsEmpty ? null : s.Resources.ToString() },
        new("signed_in_at") { Number = s => Value.OfTime(s.Authentication?.At) },
        new("sign_in_methods")
        {
            Text = s => s.Authentication is { } authentication ? string.Join(' ', authentication.Methods) : null,
        },
        new("acr") { Text = s => s.Authentication?.Acr },
        new("details") { Text = s => s.Details.IsEmpty ? null : s.Details.ToString() }
    );

    public static readonly string Columns = Into.Columns;

    public static readonly int Count = Into.All.Count;

    /// <summary>The minute in which it was opened, as the index of what an API key holds has it.</summary>
    public const string Minute = "CAST(created_at / 60000000 AS INTEGER)";

    /// <summary>What a rotation or a revocation changes, in the order in which an engine binds it.</summary>
    public static readonly IReadOnlyList<string> Rotated =
    [
        "generation",
        "advanced_at",
        "access_expires_at",
        "refresh_expires_at",
        "last_used_at",
        "replays",
        "version",
        "longest_access",
        "advance_key_hash",
        "revoked_at",
        "revoked_for",
        "sends_keys",
        "repeated_generation",
        "alarmed_at",
    ];

    /// <summary>Changes one row, if it is still of the version it was decided on.</summary>
    public static readonly string Rotate =
        $"UPDATE sessions SET {string.Join(", ", Rotated.Select((column, place) => $"{column} = ${place + 3}"))} "
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
        rows.Count == 0 ? Task.CompletedTask : db.InsertAsync(Into, rows);

    /// <summary>Has those found that were inserted too late for the runs.</summary>
    public static Task AddLateAsync(Db db, IReadOnlyList<Session> rows) =>
        IndexSource.Sessions.AddLateAsync(db, rows, row => row.Id.Value, row => [row.ApiKeyId]);

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

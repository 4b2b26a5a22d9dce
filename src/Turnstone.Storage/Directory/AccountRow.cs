using Turnstone.Directory;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

internal static class AccountRow
{
    public const string Columns = $"{Saved}, known_networks, language, letters_off";

    private const string Saved =
        "id, email, normalized_email, email_confirmed, password_hash, security_stamp, concurrency_stamp, "
        + "administrator, disabled_at, two_factor_enabled, authenticator_key, recovery_codes, created_at, "
        + "epoch, last_totp_step, second_factor_waits_since, email_changed_at";

    public const string PasskeyColumns = "credential_id, account_id, data, created_at, waits_since";

    // Two columns of a lockout that nothing uses must not be null: servers of an older version, which may run beside
    // this one, read them.
    public const string Insert =
        $"INSERT INTO accounts ({Saved}, lockout_enabled, access_failed_count) "
        + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0)";

    public const string Update =
        "UPDATE accounts SET email = $2, normalized_email = $3, email_confirmed = $4, password_hash = $5, "
        + "security_stamp = $6, concurrency_stamp = $7, administrator = $8, disabled_at = $9, "
        + "two_factor_enabled = $10, authenticator_key = $11, recovery_codes = $12, created_at = $13, "
        + "epoch = $14, last_totp_step = $15, second_factor_waits_since = $16, email_changed_at = $17 "
        + "WHERE id = $1";

    public static object?[] Values(Account a) => Values(a, a.ConcurrencyStamp, a.Epoch);

    public static object?[] Values(Account a, string concurrencyStamp, long epoch) =>
        [
            a.Id,
            a.Email,
            a.NormalizedEmail,
            a.EmailConfirmed,
            a.PasswordHash,
            a.SecurityStamp,
            concurrencyStamp,
            a.Administrator,
            a.DisabledAt,
            a.TwoFactorEnabled,
            a.AuthenticatorKey,
            Lists.Write(a.RecoveryCodes),
            a.CreatedAt,
            epoch,
            a.LastTotpStep,
            a.SecondFactorWaitsSince,
            a.EmailChangedAt,
        ];

    public static Account Read(Row row) =>
        new()
        {
            Id = row.Id(0),
            Email = row.Text(1),
            NormalizedEmail = row.Text(2),
            EmailConfirmed = row.Flag(3),
            PasswordHash = row.MaybeText(4),
            SecurityStamp = row.Text(5),
            ConcurrencyStamp = row.Text(6),
            Administrator = row.Flag(7),
            DisabledAt = row.MaybeTime(8),
            TwoFactorEnabled = row.Flag(9),
            AuthenticatorKey = row.MaybeBytes(10),
            RecoveryCodes = Lists.ReadBytes(row.Text(11)),
            CreatedAt = row.Time(12),
            Epoch = row.Number(13),
            LastTotpStep = row.MaybeNumber(14),
            SecondFactorWaitsSince = row.MaybeTime(15),
            EmailChangedAt = row.MaybeTime(16),
            KnownNetworks = Lists.ReadBytes(row.Text(17)),
            Letters = new LetterWishes(row.MaybeText(18), ReadKinds(row.MaybeText(19))),
        };

    // A newer version may have kinds that this one does not know.
    private static List<LetterKind> ReadKinds(string? json) =>
        [
            .. Lists
                .ReadTexts(json ?? "[]")
                .Select(name => Enum.TryParse<LetterKind>(name, out var kind) ? kind : (LetterKind?)null)
                .OfType<LetterKind>(),
        ];

    public static Passkey ReadPasskey(Row row) =>
        new(row.Bytes(0), row.Id(1), row.Text(2), row.Time(3)) { WaitsSince = row.MaybeTime(4) };
}

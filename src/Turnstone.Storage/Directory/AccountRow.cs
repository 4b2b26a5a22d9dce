using Turnstone.Directory;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

internal static class AccountRow
{
    public const string Columns =
        "id, email, normalized_email, email_confirmed, password_hash, security_stamp, concurrency_stamp, "
        + "administrator, disabled_at, lockout_end, "
        + "lockout_enabled, access_failed_count, two_factor_enabled, authenticator_key, recovery_codes, created_at, "
        + "epoch, last_totp_step";

    public const string Insert =
        $"INSERT INTO accounts ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
        + "$15, $16, $17, $18)";

    public const string Update =
        "UPDATE accounts SET email = $2, normalized_email = $3, email_confirmed = $4, password_hash = $5, "
        + "security_stamp = $6, concurrency_stamp = $7, "
        + "administrator = $8, disabled_at = $9, lockout_end = $10, lockout_enabled = $11, "
        + "access_failed_count = $12, two_factor_enabled = $13, "
        + "authenticator_key = $14, recovery_codes = $15, created_at = $16, epoch = $17, last_totp_step = $18 "
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
            a.LockoutEnd,
            a.LockoutEnabled,
            a.AccessFailedCount,
            a.TwoFactorEnabled,
            a.AuthenticatorKey,
            Lists.Write(a.RecoveryCodes),
            a.CreatedAt,
            epoch,
            a.LastTotpStep,
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
            LockoutEnd = row.MaybeTime(9),
            LockoutEnabled = row.Flag(10),
            AccessFailedCount = (int)row.Number(11),
            TwoFactorEnabled = row.Flag(12),
            AuthenticatorKey = row.MaybeBytes(13),
            RecoveryCodes = Lists.ReadBytes(row.Text(14)),
            CreatedAt = row.Time(15),
            Epoch = row.Number(16),
            LastTotpStep = row.MaybeNumber(17),
        };

    public static Passkey ReadPasskey(Row row) => new(row.Bytes(0), row.Id(1), row.Text(2), row.Time(3));
}

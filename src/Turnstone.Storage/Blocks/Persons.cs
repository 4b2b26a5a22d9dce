using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>The key under which stands what names a person. Whoever was forgotten has none.</summary>
internal readonly record struct PersonKey(byte[]? Secret, DateTimeOffset? ForgottenAt);

internal static class Persons
{
    private const int SecretSize = 32;

    /// <summary>What there is of these.</summary>
    public static async Task<Dictionary<Guid, PersonKey>> ReadAsync(Db db, IReadOnlyCollection<Guid> accounts) =>
        (
            await db.ListOfAsync(
                $"SELECT account_id, secret, forgotten_at FROM audit_persons WHERE {db.OneOf("account_id")}",
                row => (Account: row.Id(0), Key: new PersonKey(row.MaybeBytes(1), row.MaybeTime(2))),
                accounts
            )
        ).ToDictionary(row => row.Account, row => row.Key);

    /// <summary>Gives a key to those who have none and were not forgotten.</summary>
    public static Task MakeAsync(Db db, IReadOnlyCollection<Guid> accounts, RandomSource random) =>
        db.ExecuteManyAsync(
            "INSERT INTO audit_persons (account_id, secret) VALUES ($1, $2) ON CONFLICT (account_id) DO NOTHING",
            [.. accounts.Order().Select(account => new object?[] { account, random.Bytes(SecretSize) })]
        );

    /// <summary>Throws the key away: what stands under it can never be read again.</summary>
    public static Task ForgetAsync(Db db, Guid account, DateTimeOffset now) =>
        db.ExecuteAsync(
            "INSERT INTO audit_persons (account_id, forgotten_at) VALUES ($1, $2) "
                + "ON CONFLICT (account_id) DO UPDATE SET secret = NULL, forgotten_at = excluded.forgotten_at",
            account,
            now
        );

    /// <summary>
    /// Seals or opens: the bytes with a key stream over them, HKDF-Expand (RFC 5869 §2.3) of the person's key. The id
    /// of the entry makes it one of its own, and the chain's hash holds it as it is.
    /// </summary>
    public static byte[] Cover(byte[] secret, Guid entry, char part, ReadOnlySpan<byte> bytes)
    {
        Span<byte> info = stackalloc byte[17];
        entry.TryWriteBytes(info, bigEndian: true, out _);
        info[16] = (byte)part;
        var covered = new byte[bytes.Length];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, covered, info);
        for (var i = 0; i < covered.Length; i++)
        {
            covered[i] ^= bytes[i];
        }

        return covered;
    }
}

using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Blocks;

/// <summary>The key under which stands what names a person. Whoever was forgotten has none.</summary>
internal readonly record struct PersonKey(byte[]? Secret, DateTimeOffset? ForgottenAt);

internal static class Persons
{
    private const int SecretSize = 32;
    private const int KeySize = HMACSHA256.HashSizeInBytes;

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
    /// of the entry makes it one of its own, and the chain's hash holds it as it is. Not by the class of that name: it
    /// takes four times as long for the one block that nearly all need.
    /// </summary>
    public static byte[] Cover(byte[] secret, Guid entry, char part, ReadOnlySpan<byte> bytes)
    {
        var covered = new byte[bytes.Length];
        // The block before, what the key is for, and the number of the block.
        Span<byte> input = stackalloc byte[KeySize + 18];
        entry.TryWriteBytes(input[KeySize..], bigEndian: true, out _);
        (input[^2], input[^1]) = ((byte)part, 0);
        Span<byte> key = stackalloc byte[KeySize];
        for (var at = 0; at < bytes.Length; at += KeySize)
        {
            input[^1] = checked((byte)(input[^1] + 1));
            HMACSHA256.HashData(secret, at == 0 ? input[KeySize..] : input, key);
            key.CopyTo(input);
            for (var i = at; i < Math.Min(at + KeySize, bytes.Length); i++)
            {
                covered[i] = (byte)(bytes[i] ^ key[i - at]);
            }
        }

        return covered;
    }
}

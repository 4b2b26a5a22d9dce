using System.Security.Cryptography;
using Turnstone.Model;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// PBKDF2 with HMAC-SHA-512 (RFC 8018 §5.2), for machines without libargon2: weaker against graphics cards, but in
/// every .NET. Written as <c>$pbkdf2-sha512$i=…$salt$hash</c>.
/// </summary>
public sealed class Pbkdf2Sha512(uint iterations = Pbkdf2Sha512.Recommended) : IPasswordScheme
{
    /// <summary>OWASP's count.</summary>
    public const uint Recommended = 210_000;

    private const string Id = "pbkdf2-sha512";
    private const uint MostIterations = 10_000_000;
    private const int SaltSize = 16;
    private const int HashSize = 64;

    string IPasswordScheme.Hash(ReadOnlySpan<byte> password, RandomSource random)
    {
        var salt = random.Bytes(SaltSize);
        return new PhcString(
            Id,
            null,
            [("i", iterations)],
            salt,
            Derive(password, salt, iterations, HashSize)
        ).ToString();
    }

    bool? IPasswordScheme.Verify(PhcString stored, ReadOnlySpan<byte> password)
    {
        if (
            !IsOurs(stored, out var count)
            || count is 0 or > MostIterations
            || stored.Salt.Length < 8
            || stored.Hash.Length < 16
        )
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(
            Derive(password, stored.Salt, count, stored.Hash.Length),
            stored.Hash
        );
    }

    bool IPasswordScheme.IsCurrent(PhcString stored) =>
        IsOurs(stored, out var count)
        && count == iterations
        && stored.Salt.Length == SaltSize
        && stored.Hash.Length == HashSize;

    private static bool IsOurs(PhcString stored, out uint count)
    {
        count = stored.Costs is [("i", var i)] ? i : 0;
        return stored is { Id: Id, Version: null } && count != 0;
    }

    private static byte[] Derive(ReadOnlySpan<byte> password, byte[] salt, uint count, int length) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, (int)count, HashAlgorithmName.SHA512, length);
}

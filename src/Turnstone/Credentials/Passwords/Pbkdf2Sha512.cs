using System.Security.Cryptography;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// Verifies what was hashed with PBKDF2 and HMAC-SHA-512 (RFC 8018 §5.2), as earlier versions did on a machine without
/// libargon2: <c>$pbkdf2-sha512$i=…$salt$hash</c>. Nothing is hashed so any more.
/// </summary>
internal static class Pbkdf2Sha512
{
    private const string Id = "pbkdf2-sha512";
    private const uint MostIterations = 10_000_000;

    /// <summary>
    /// Whether the password has this hash; null when the string is not of PBKDF2, or its count is out of bounds.
    /// </summary>
    public static bool? Verify(PhcString stored, ReadOnlySpan<byte> password)
    {
        if (
            stored is not { Id: Id, Version: null, Costs: [("i", > 0 and <= MostIterations and var count)] }
            || stored.Salt.Length < 8
            || stored.Hash.Length < 16
        )
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(
            Rfc2898DeriveBytes.Pbkdf2(
                password,
                stored.Salt,
                (int)count,
                HashAlgorithmName.SHA512,
                stored.Hash.Length
            ),
            stored.Hash
        );
    }
}

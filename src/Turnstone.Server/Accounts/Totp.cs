using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Turnstone.Server.Accounts;

/// <summary>
/// Time-based one-time passwords (RFC 6238) with the parameters that every authenticator app supports: SHA-1, six
/// digits, thirty seconds.
/// </summary>
public static class Totp
{
    public const int Digits = 6;

    /// <summary>One step to each side, for clock differences and slow typing (RFC 6238 §5.2).</summary>
    private const int Tolerance = 1;

    private const int Period = 30;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>
    /// The time step of this code, or null. The number of codes computed does not depend on the result.
    /// </summary>
    public static long? StepOf(string code, string base32Key, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(code);
        var (key, given, current) = (Decode(base32Key), Encoding.UTF8.GetBytes(code), now.ToUnixTimeSeconds() / Period);
        long? found = null;
        for (var step = current - Tolerance; step <= current + Tolerance; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Code(key, step)), given))
            {
                found = step;
            }
        }

        return found;
    }

    private static string Code(byte[] key, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238 apps compute HMAC-SHA-1, which needs no collision resistance
        HMACSHA1.HashData(key, counter, hash);
#pragma warning restore CA5350

        // RFC 4226 §5.3: dynamic truncation.
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xF)..]) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Decode(string base32)
    {
        var (bytes, bits, buffer) = (new List<byte>(base32.Length * 5 / 8), 0, 0);
        foreach (var c in base32)
        {
            buffer = (buffer << 5 | Base32.IndexOf(c, StringComparison.Ordinal)) & 0xFFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
            }
        }

        return [.. bytes];
    }
}

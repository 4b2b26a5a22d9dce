using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;
using Turnstone.Model;

namespace Turnstone.Credentials;

/// <summary>
/// The shape of the secrets we mint: a prefix that scanners can look for, 192 random bits in base62, and a checksum of
/// six characters by which a typo is known without a query. Base62, so that a double click selects all of it.
/// </summary>
internal static class CheckedText
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomSize = 24;
    private const int RandomLength = 33;
    private const int ChecksumLength = 6;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Digits);

    public static string Mint(string prefix, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var body = prefix + Base62(new BigInteger(random.Bytes(RandomSize), isUnsigned: true), RandomLength);
        return body + Checksum(body);
    }

    public static bool HasShape(string prefix, [NotNullWhen(true)] string? text) =>
        text is not null
        && text.Length == prefix.Length + RandomLength + ChecksumLength
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && !text.AsSpan(prefix.Length).ContainsAnyExcept(Alphabet);

    public static bool Holds(string prefix, [NotNullWhen(true)] string? text) =>
        HasShape(prefix, text)
        && text.AsSpan(text.Length - ChecksumLength).SequenceEqual(Checksum(text[..^ChecksumLength]));

    private static string Checksum(string body) => Base62(Crc32(Encoding.ASCII.GetBytes(body)), ChecksumLength);

    private static string Base62(BigInteger number, int length) =>
        string.Create(
            length,
            number,
            (text, rest) =>
            {
                for (var i = text.Length - 1; i >= 0; i--)
                {
                    rest = BigInteger.DivRem(rest, Digits.Length, out var digit);
                    text[i] = Digits[(int)digit];
                }
            }
        );

    /// <summary>
    /// CRC-32 as in ISO 3309: it finds every change of up to 32 bits in a row, so any one mistyped character.
    /// </summary>
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
            }
        }

        return ~crc;
    }
}

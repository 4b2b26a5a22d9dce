using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Turnstone.AspNetCore.Tokens;

/// <summary>The SHA-256 of a token, by which it is remembered: no token is kept.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TokenDigest(UInt128 High, UInt128 Low)
{
    /// <summary>The longest token that is looked at.</summary>
    public const int LongestToken = 8 * 1024;

    private const int OnStack = 2 * 1024;

    /// <summary>False for what is too long, or not ASCII and so no token.</summary>
    public static bool TryOf(ReadOnlySpan<char> token, out TokenDigest digest)
    {
        digest = default;
        if (token.Length > LongestToken)
        {
            return false;
        }

        var rented = token.Length > OnStack ? ArrayPool<byte>.Shared.Rent(token.Length) : null;
        var bytes = rented ?? stackalloc byte[OnStack];
        try
        {
            return Ascii.FromUtf16(token, bytes, out var length) is OperationStatus.Done
                && TryHash(bytes[..length], out digest);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    private static bool TryHash(ReadOnlySpan<byte> bytes, out TokenDigest digest)
    {
        Span<UInt128> halves = stackalloc UInt128[2];
        SHA256.HashData(bytes, MemoryMarshal.AsBytes(halves));
        digest = new(halves[0], halves[1]);
        return true;
    }
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Turnstone.Model;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// Argon2id (RFC 9106) through the system's own libargon2, which the distribution keeps up to date. Its functions are
/// found by hand, so that a machine without the library is a fact to report and not an exception at the first login.
/// </summary>
public sealed unsafe class Argon2id : IPasswordScheme
{
    private const string Id = "argon2id";
    private const uint Version = 0x13;
    private const int SaltSize = 16;
    private const int HashSize = 32;

    private static readonly string[] LibraryNames =
    [
        "libargon2.so.1",
        "libargon2.1.dylib",
        "libargon2.dylib",
        "libargon2.dll",
    ];

    private readonly delegate* unmanaged[Cdecl]<
        uint,
        uint,
        uint,
        byte*,
        nuint,
        byte*,
        nuint,
        byte*,
        nuint,
        int> hashRaw;
    private readonly Argon2Cost cost;

    private Argon2id(nint function, Argon2Cost cost)
    {
        hashRaw = (delegate* unmanaged[Cdecl]<uint, uint, uint, byte*, nuint, byte*, nuint, byte*, nuint, int>)function;
        this.cost = cost;
    }

    /// <summary>Finds the library; null where it is not installed (Debian: <c>libargon2-1</c>).</summary>
    public static Argon2id? Load(Argon2Cost? cost = null)
    {
        foreach (var name in LibraryNames)
        {
            // Never freed: it is the process's for as long as it runs.
            if (
                NativeLibrary.TryLoad(name, out var library)
                && NativeLibrary.TryGetExport(library, "argon2id_hash_raw", out var function)
            )
            {
                return new Argon2id(function, cost ?? Argon2Cost.Recommended);
            }
        }

        return null;
    }

    /// <summary>The bare function: <paramref name="length"/> bytes out of a password, a salt and a cost.</summary>
    /// <exception cref="CryptographicException">The library refused: no memory, or a salt or length it does not
    /// take.</exception>
    public byte[] Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Argon2Cost cost, int length)
    {
        ArgumentNullException.ThrowIfNull(cost);
        var hash = new byte[length];
        int result;
        fixed (byte* p = password)
        fixed (byte* s = salt)
        fixed (byte* h = hash)
        {
            result = hashRaw(
                cost.Passes,
                cost.MemoryKiB,
                cost.Lanes,
                p,
                (nuint)password.Length,
                s,
                (nuint)salt.Length,
                h,
                (nuint)hash.Length
            );
        }

        return result == 0 ? hash : throw new CryptographicException($"libargon2 could not hash (its error {result}).");
    }

    string IPasswordScheme.Hash(ReadOnlySpan<byte> password, RandomSource random)
    {
        var salt = random.Bytes(SaltSize);
        return new PhcString(Id, Version, cost.ToCosts(), salt, Derive(password, salt, cost, HashSize)).ToString();
    }

    bool? IPasswordScheme.Verify(PhcString stored, ReadOnlySpan<byte> password)
    {
        if (
            !IsOurs(stored)
            || Argon2Cost.From(stored.Costs) is not { InBounds: true } storedCost
            || stored.Salt.Length < 8
            || stored.Hash.Length < 16
        )
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(
            Derive(password, stored.Salt, storedCost, stored.Hash.Length),
            stored.Hash
        );
    }

    bool IPasswordScheme.IsCurrent(PhcString stored) =>
        IsOurs(stored)
        && Argon2Cost.From(stored.Costs) == cost
        && stored.Salt.Length == SaltSize
        && stored.Hash.Length == HashSize;

    private static bool IsOurs(PhcString stored) => stored is { Id: Id, Version: Version };
}

using System.Runtime.InteropServices;

namespace Turnstone.Credentials.Passwords;

/// <summary>The system's own libargon2, which the distribution keeps up to date.</summary>
internal sealed unsafe class Libargon2 : IArgon2Library
{
    private static readonly string[] Names =
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

    private Libargon2(nint function) =>
        hashRaw = (delegate* unmanaged[Cdecl]<uint, uint, uint, byte*, nuint, byte*, nuint, byte*, nuint, int>)function;

    /// <summary>Null where it is not installed (Debian: <c>libargon2-1</c>).</summary>
    public static Libargon2? Find()
    {
        foreach (var name in Names)
        {
            // Never freed: it is the process's for as long as it runs.
            if (
                NativeLibrary.TryLoad(name, out var library)
                && NativeLibrary.TryGetExport(library, "argon2id_hash_raw", out var function)
            )
            {
                return new Libargon2(function);
            }
        }

        return null;
    }

    public bool Takes(Argon2Cost cost, int saltLength) => saltLength >= 8;

    public bool TryDerive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Argon2Cost cost, Span<byte> hash)
    {
        fixed (byte* p = password)
        fixed (byte* s = salt)
        fixed (byte* h = hash)
        {
            return hashRaw(
                    cost.Passes,
                    cost.MemoryKiB,
                    cost.Lanes,
                    p,
                    (nuint)password.Length,
                    s,
                    (nuint)salt.Length,
                    h,
                    (nuint)hash.Length
                ) == 0;
        }
    }
}

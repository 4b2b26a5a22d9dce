using System.Runtime.InteropServices;
using Turnstone.Model;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// The libsodium that the program brings, for machines without libargon2: the same bytes, more slowly
/// (docs/adr/0051). It knows one lane and salts of 16 bytes alone.
/// </summary>
internal sealed unsafe class Libsodium : IArgon2Library
{
    private const string Name = "libsodium";
    private const int SaltSize = 16;

    // crypto_pwhash_argon2id_ALG_ARGON2ID13
    private const int Algorithm = 2;

    private readonly delegate* unmanaged[Cdecl]<
        byte*,
        ulong,
        byte*,
        ulong,
        byte*,
        ulong,
        nuint,
        int,
        int> hash;

    private Libsodium(nint function) =>
        hash = (delegate* unmanaged[Cdecl]<byte*, ulong, byte*, ulong, byte*, ulong, nuint, int, int>)function;

    /// <summary>Null where its file does not load.</summary>
    public static Libsodium? Find()
    {
        // Never freed: it is the process's for as long as it runs.
        if (
            !(
                NativeLibrary.TryLoad(Name, typeof(Libsodium).Assembly, null, out var library)
                || CarriedLibraries.TryLoad(Name, out library)
            )
            || !NativeLibrary.TryGetExport(library, "sodium_init", out var init)
            || !NativeLibrary.TryGetExport(library, "crypto_pwhash_argon2id", out var function)
        )
        {
            return null;
        }

        // 0, or 1 if it was initialized already.
        return ((delegate* unmanaged[Cdecl]<int>)init)() < 0 ? null : new Libsodium(function);
    }

    public bool Takes(Argon2Cost cost, int saltLength) => cost.Lanes == 1 && saltLength == SaltSize;

    public bool TryDerive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Argon2Cost cost, Span<byte> hash)
    {
        fixed (byte* p = password)
        fixed (byte* s = salt)
        fixed (byte* h = hash)
        {
            return this.hash(
                    h,
                    (ulong)hash.Length,
                    p,
                    (ulong)password.Length,
                    s,
                    cost.Passes,
                    (nuint)cost.MemoryKiB * 1024,
                    Algorithm
                ) == 0;
        }
    }
}

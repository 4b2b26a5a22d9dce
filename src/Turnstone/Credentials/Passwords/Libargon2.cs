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

    private readonly delegate* unmanaged[Cdecl]<Context*, int> derive;

    private Libargon2(nint function) => derive = (delegate* unmanaged[Cdecl]<Context*, int>)function;

    /// <summary>Null where it is not installed (Debian: <c>libargon2-1</c>).</summary>
    public static Libargon2? Find()
    {
        foreach (var name in Names)
        {
            // Never freed: it is the process's for as long as it runs.
            if (
                NativeLibrary.TryLoad(name, out var library)
                && NativeLibrary.TryGetExport(library, "argon2id_ctx", out var function)
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
            var context = new Context
            {
                Hash = h,
                HashLength = (uint)hash.Length,
                Password = p,
                PasswordLength = (uint)password.Length,
                Salt = s,
                SaltLength = (uint)salt.Length,
                Passes = cost.Passes,
                MemoryKiB = cost.MemoryKiB,
                Lanes = cost.Lanes,
                Threads = cost.Lanes,
                Version = 0x13,
                Take = &HashMemory.TakeForLibrary,
                Return = &HashMemory.ReturnFromLibrary,
            };
            return derive(&context) == 0;
        }
    }

    /// <summary>As argon2.h has it (argon2_context).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Context
    {
        public byte* Hash;
        public uint HashLength;
        public byte* Password;
        public uint PasswordLength;
        public byte* Salt;
        public uint SaltLength;
        public byte* Secret;
        public uint SecretLength;
        public byte* Data;
        public uint DataLength;
        public uint Passes;
        public uint MemoryKiB;
        public uint Lanes;
        public uint Threads;
        public uint Version;
        public delegate* unmanaged[Cdecl]<byte**, nuint, int> Take;
        public delegate* unmanaged[Cdecl]<byte*, nuint, void> Return;
        public uint Flags;
    }
}

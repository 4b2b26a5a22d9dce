using System.Runtime.InteropServices;

namespace Turnstone.Model;

/// <summary>A hash of 32 bytes as the key of a memory: compared and copied without an array of its own.</summary>
internal readonly record struct Digest(ulong A, ulong B, ulong C, ulong D)
{
    public const int Size = 32;

    public static Digest Of(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<Digest>(hash);
}

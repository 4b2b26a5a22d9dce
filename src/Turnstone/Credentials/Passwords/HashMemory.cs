using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// The memory that libargon2 hashes in. What one hash has had is given to the next: with fresh memory a hash takes half
/// as long again. The C library would keep it too, but never give it back to the system (docs/adr/0014).
/// </summary>
public sealed unsafe class HashMemory
{
    // An old hash may have cost more; that is not kept.
    private const int MostKept = 64 * 1024 * 1024;
    private const int CacheLine = 64;

    private readonly Lock change = new();
    private readonly Stack<byte[]> kept = new();
    private readonly Dictionary<nint, byte[]> taken = [];

    /// <summary>That of the library, which has no place for another.</summary>
    public static HashMemory OfProcess { get; } = new();

    /// <summary>How often some was taken.</summary>
    internal long Count { get; private set; }

    /// <summary>How much lies ready for the next hash, in bytes.</summary>
    internal long Kept
    {
        get
        {
            lock (change)
            {
                return kept.Sum(block => (long)block.Length);
            }
        }
    }

    /// <summary>Keeps no longer what is not in use.</summary>
    public void GiveBack()
    {
        lock (change)
        {
            kept.Clear();
        }
    }

    internal nint Take(int length)
    {
        lock (change)
        {
            if (!kept.TryPop(out var block) || block.Length < length + CacheLine)
            {
                block = GC.AllocateUninitializedArray<byte>(length + CacheLine, pinned: true);
            }

            var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block));
            start += CacheLine - (start % CacheLine);
            taken.Add(start, block);
            Count++;
            return start;
        }
    }

    /// <summary>The library has wiped it.</summary>
    internal void Return(nint memory)
    {
        lock (change)
        {
            if (taken.Remove(memory, out var block) && block.Length <= MostKept)
            {
                kept.Push(block);
            }
        }
    }

    /// <summary>As the library asks (allocate_fptr): null says that there is none.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int TakeForLibrary(byte** memory, nuint length)
    {
        try
        {
            *memory = (byte*)OfProcess.Take(checked((int)length));
            return 0;
        }
        catch (Exception none) when (none is OutOfMemoryException or OverflowException)
        {
            *memory = null;
            return -1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static void ReturnFromLibrary(byte* memory, nuint length) => OfProcess.Return((nint)memory);
}

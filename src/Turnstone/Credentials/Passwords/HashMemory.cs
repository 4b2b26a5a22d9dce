using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Turnstone.Credentials.Passwords;

/// <summary>
/// The memory that libargon2 hashes in. What one hash has had is given to the next: with fresh memory a hash takes half
/// as long again. The C library would keep it too, but never give it back to the system (docs/adr/0014).
/// </summary>
public sealed unsafe partial class HashMemory
{
    // An old hash may have cost more; that is not kept.
    private const int MostKept = 64 * 1024 * 1024;
    private const int CacheLine = 64;
    private const int ReadAndWrite = 3;
    private const int PrivateAndAnonymous = 0x22;

    private readonly Lock change = new();
    private readonly Stack<(nint Start, int Length)> kept = new();
    private readonly Dictionary<nint, int> taken = [];

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

    /// <summary>Gives the system what is not in use.</summary>
    public void GiveBack()
    {
        lock (change)
        {
            while (kept.TryPop(out var block))
            {
                Free(block.Start, block.Length);
            }
        }
    }

    internal nint Take(int length)
    {
        lock (change)
        {
            if (kept.TryPop(out var block) && block.Length < length)
            {
                Free(block.Start, block.Length);
                block = default;
            }

            if (block == default)
            {
                block = (New(length), length);
            }

            taken.Add(block.Start, block.Length);
            Count++;
            return block.Start;
        }
    }

    /// <summary>The library has wiped it.</summary>
    internal void Return(nint memory)
    {
        lock (change)
        {
            if (!taken.Remove(memory, out var length))
            {
                return;
            }

            if (length <= MostKept)
            {
                kept.Push((memory, length));
            }
            else
            {
                Free(memory, length);
            }
        }
    }

    // Mapped, not allocated: what is freed of an allocation the C library keeps.
    private static nint New(int length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)length, CacheLine);
        }

        var start = Map(0, (nuint)length, ReadAndWrite, PrivateAndAnonymous, file: -1, offset: 0);
        return start != -1 ? start : throw new InsufficientMemoryException();
    }

    private static void Free(nint start, int length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Unmap(start, (nuint)length);
        }
        else
        {
            NativeMemory.AlignedFree((void*)start);
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint at, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint at, nuint length);

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

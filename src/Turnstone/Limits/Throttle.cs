using System.Runtime.InteropServices;
using Turnstone.Model;

namespace Turnstone.Limits;

/// <summary>
/// A token bucket for each key, in memory that is bounded. A bucket is one number: the moment at which it is full
/// again (the generic cell rate algorithm). Buckets live in small sets that a keyed hash picks, so nobody can aim at
/// another's slot. A key that finds no slot takes over the one that has spent least, <em>with what was spent</em> (as
/// Space-Saving counts frequent items): a flood of fresh keys can therefore never give an attacker a full bucket back.
/// It errs on the strict side only, and only while more keys are active than there are slots. It goes by durations and
/// not by the time of day, so a clock that is set back or forward neither shuts anybody out nor lets anybody in.
/// </summary>
public sealed class Throttle
{
    public const int DefaultSlots = 65_536;

    private const int Ways = 8;

    private readonly long interval;
    private readonly long capacity;
    private readonly TimeProvider time;
    private readonly long made;
    private readonly SipHash hash;

    // A set is made when the first key of it takes one, and stays.
    private readonly Slot[]?[] sets;
    private readonly Lock[] locks;

    public Throttle(RateLimit limit, RandomSource random, TimeProvider time, int slots = DefaultSlots)
    {
        ArgumentNullException.ThrowIfNull(limit);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, Ways);
        interval = limit.IntervalTicks;
        capacity = interval * limit.Count;
        (this.time, made) = (time, time.GetTimestamp());
        hash = new SipHash(random.Bytes(SipHash.KeySize));
        sets = new Slot[slots / Ways][];
        locks = [.. Enumerable.Range(0, Math.Min(64, sets.Length)).Select(_ => new Lock())];
    }

    /// <summary>Takes one; answers null, or, having taken none, how long until there is one.</summary>
    public TimeSpan? Take(string key) => Change(key, takes: true);

    /// <summary>Takes none; answers null if there is one, or how long until there is.</summary>
    public TimeSpan? Wait(string key) => Change(key, takes: false);

    /// <summary>Puts one back that was taken for nothing.</summary>
    public void PutBack(string key)
    {
        var (set, tag) = Locate(key);
        lock (locks[set % locks.Length])
        {
            foreach (ref var slot in sets[set].AsSpan())
            {
                if (slot.Tag == tag)
                {
                    slot.FullAt -= interval;
                    return;
                }
            }
        }
    }

    private TimeSpan? Change(string key, bool takes)
    {
        var now = time.GetElapsedTime(made).Ticks;
        var (set, tag) = Locate(key);
        lock (locks[set % locks.Length])
        {
            if (sets[set] is not { } ways)
            {
                if (!takes)
                {
                    return null;
                }

                sets[set] = ways = new Slot[Ways];
            }

            ref var slot = ref Find(ways, tag);
            var fullAt = Math.Max(slot.FullAt, now) + interval;
            var wait = fullAt - capacity - now;
            if (wait > 0)
            {
                return TimeSpan.FromTicks(wait);
            }

            if (takes)
            {
                slot = new Slot(tag, fullAt);
            }

            return null;
        }
    }

    /// <summary>
    /// The key's slot, or the one it would take over: of those in its set, the one that has spent least.
    /// </summary>
    private static ref Slot Find(Slot[] ways, ulong tag)
    {
        var least = 0;
        for (var i = 0; i < ways.Length; i++)
        {
            if (ways[i].Tag == tag)
            {
                return ref ways[i];
            }

            if (ways[i].FullAt < ways[least].FullAt)
            {
                least = i;
            }
        }

        return ref ways[least];
    }

    private (int Set, ulong Tag) Locate(string key)
    {
        var tag = hash.Of(MemoryMarshal.AsBytes(key.AsSpan()));
        return ((int)((uint)(tag >> 32) % (uint)sets.Length), tag | 1);
    }

    /// <summary>An empty slot has tag 0, which no key has.</summary>
    private record struct Slot(ulong Tag, long FullAt);
}

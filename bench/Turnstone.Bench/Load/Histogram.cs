using System.Numerics;

namespace Turnstone.Bench.Load;

/// <summary>
/// How long answers took, in buckets whose width grows with the time: 1 µs to over an hour with an error below 1 %, in
/// one fixed array (the idea of HdrHistogram). One writer each; they are added up at the end.
/// </summary>
internal sealed class Histogram
{
    private const int SubBits = 7;
    private const int SubCount = 1 << SubBits;

    private readonly long[] counts = new long[SubCount * 32];

    public long Count { get; private set; }

    public long Largest { get; private set; }

    public void Record(long microseconds, long times = 1)
    {
        counts[IndexOf(microseconds)] += times;
        Count += times;
        Largest = Math.Max(Largest, microseconds);
    }

    public void Add(Histogram other)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += other.counts[i];
        }

        Count += other.Count;
        Largest = Math.Max(Largest, other.Largest);
    }

    /// <summary>
    /// As it would have been had every connection asked at its steady pace: one that waits for a late answer leaves out
    /// the requests that would have waited too (coordinated omission), so they are put in.
    /// </summary>
    public Histogram Corrected(long expectedInterval)
    {
        var corrected = new Histogram();
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0)
            {
                continue;
            }

            var value = ValueAt(i);
            corrected.Record(value, counts[i]);
            for (
                var missing = value - expectedInterval;
                expectedInterval > 0 && missing >= expectedInterval;
                missing -= expectedInterval
            )
            {
                corrected.Record(missing, counts[i]);
            }
        }

        return corrected;
    }

    /// <summary>The time within which this share of the answers came, in microseconds.</summary>
    public long At(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= wanted && counts[i] > 0)
            {
                return Math.Min(ValueAt(i), Largest);
            }
        }

        return Largest;
    }

    private static int IndexOf(long value)
    {
        value = Math.Clamp(value, 0, (1L << 38) - 1);
        var shift = Math.Max(0, 64 - BitOperations.LeadingZeroCount((ulong)value) - SubBits - 1);
        return (shift * SubCount) + (int)(value >> shift);
    }

    // The middle of the bucket.
    private static long ValueAt(int index)
    {
        var shift = Math.Max(0, (index / SubCount) - 1);
        return ((long)(index - (shift * SubCount)) << shift) + ((1L << shift) >> 1);
    }
}

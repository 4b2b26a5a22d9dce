using System.Collections.Concurrent;

namespace Turnstone.AspNetCore.Dpop;

/// <summary>
/// The proofs that were taken, for as long as each could be taken again: two generations, each of that length. Full is
/// full: a proof that cannot be remembered is not taken.
/// </summary>
internal sealed class SpentProofs(TimeProvider time, TimeSpan life, int most = 200_000)
{
    private readonly Lock turning = new();
    private ConcurrentDictionary<string, bool> young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, bool> old = new(StringComparer.Ordinal);
    private long turnedAt = time.GetTimestamp();
    private int size;

    /// <summary>False for one that was taken before, or for which there is no room.</summary>
    public bool Spend(string name)
    {
        lock (turning)
        {
            if (time.GetElapsedTime(turnedAt) >= life)
            {
                (old, young, size) = (young, new(StringComparer.Ordinal), 0);
                turnedAt = time.GetTimestamp();
            }

            return size < most && !old.ContainsKey(name) && young.TryAdd(name, true) && ++size > 0;
        }
    }
}

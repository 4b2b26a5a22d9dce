using System.Collections.Concurrent;

namespace Turnstone.Storage.Indexes;

/// <summary>
/// What this process knows of the bounds of the runs. A row at or below the bound is written with entries of its own,
/// because the run that its neighbours are in may have been made.
/// </summary>
internal sealed class IndexBounds(TimeProvider time)
{
    /// <summary>A bound is said to be this old at least when it is set: a fresh row is above it.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Where several processes write, another may just have raised the bound: what has waited for so long is taken for
    /// late. With the clocks of the nodes a second apart at most, as they keep them, there are seconds to spare.
    /// </summary>
    private static readonly TimeSpan Waited = TimeSpan.FromSeconds(3);

    /// <summary>How long what was read is good for; without a bound every row is late.</summary>
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<long, (Guid Bound, long Read)> bounds = [];

    /// <summary>Whether no other process raises it.</summary>
    public bool Alone { get; init; }

    public void Set(IndexSource source, Guid bound) => bounds[source.Number] = (bound, time.GetTimestamp());

    /// <summary>Whether a row that is being written needs entries of its own.</summary>
    public bool IsLate(IndexSource source, Guid id) =>
        !bounds.TryGetValue(source.Number, out var known)
        || id.CompareTo(known.Bound) <= 0
        || (!Alone && (time.GetElapsedTime(known.Read) > Good || IsOld(id)));

    private bool IsOld(Guid id) => id.CompareTo(IndexIds.Lowest(time.GetUtcNow() - Waited)) < 0;
}

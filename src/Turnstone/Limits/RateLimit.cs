namespace Turnstone.Limits;

/// <summary>So many in so long a time: that many at once, and then one each time a share of it has passed.</summary>
public sealed record RateLimit(int Count, TimeSpan Window)
{
    /// <summary>The time in which one comes back.</summary>
    internal long IntervalTicks =>
        Count > 0 && Window > TimeSpan.Zero
            ? Math.Max(1, Window.Ticks / Count)
            : throw new ArgumentException("A limit has a count and a window above zero.");
}

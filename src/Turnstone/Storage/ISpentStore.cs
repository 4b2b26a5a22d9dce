namespace Turnstone.Storage;

/// <summary>
/// What was good once and is not any more, for every node: each by the hash of its name, until it would have ended by
/// itself.
/// </summary>
public interface ISpentStore
{
    /// <summary>False if it was spent before: of many who ask at once, one gets true.</summary>
    Task<bool> SpendAsync(byte[] hash, DateTimeOffset until, CancellationToken cancellationToken);

    Task<bool> IsSpentAsync(byte[] hash, CancellationToken cancellationToken);

    /// <summary>Removes at most <paramref name="limit"/> whose end was before; answers how many.</summary>
    Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

/// <summary>Something that is spent in the commit of what it is good for.</summary>
/// <param name="Hash">The hash of its name.</param>
/// <param name="Until">When it would have ended by itself.</param>
public sealed record Spending(byte[] Hash, DateTimeOffset Until);

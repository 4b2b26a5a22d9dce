namespace Turnstone.Storage.Audit;

/// <summary>What becomes of a refusal in the audit.</summary>
internal enum RefusalPlace
{
    Row,
    Counted,

    /// <summary>Counted together with others that find no room.</summary>
    CountedWithOthers,
}

/// <summary>How many rows of its own each key has until the end of a period, for so many keys.</summary>
internal sealed class RowAllowance<TKey>(int rows, int keys, TimeSpan period)
    where TKey : notnull
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, int> taken = [];
    private DateTimeOffset current;

    public RefusalPlace Take(TKey key, DateTimeOffset until)
    {
        lock (gate)
        {
            // One that was just overtaken by the next period counts in that; a clock that was set back begins anew.
            if (until > current || until + period < current)
            {
                taken.Clear();
                current = until;
            }

            var before = taken.GetValueOrDefault(key);
            if (before == 0 && taken.Count == keys)
            {
                return RefusalPlace.CountedWithOthers;
            }

            taken[key] = Math.Min(before + 1, rows);
            return before < rows ? RefusalPlace.Row : RefusalPlace.Counted;
        }
    }
}

namespace Turnstone.Sessions;

/// <summary>
/// How many sessions of its API key may have been opened since a moment and still be refreshable, for one more to be
/// opened. It is asked in the commit that opens it: the sessions themselves are the count, so every node counts the
/// same.
/// </summary>
/// <param name="Since">
/// One as old as this has left the window: whoever waited for the time in Retry-After is let in.
/// </param>
/// <param name="Until">One that is later was opened before the clock was set back, and does not count.</param>
/// <param name="Most">How many there may be.</param>
public sealed record LoginAllowance(DateTimeOffset Since, DateTimeOffset Until, int Most)
{
    /// <summary>When the oldest of too many was opened; null while there is room for one more.</summary>
    public DateTimeOffset? FullSince(IEnumerable<DateTimeOffset> opened)
    {
        ArgumentNullException.ThrowIfNull(opened);
        var (count, oldest) = (0, DateTimeOffset.MaxValue);
        foreach (var at in opened.Where(at => at > Since && at <= Until))
        {
            count++;
            oldest = at < oldest ? at : oldest;
        }

        return count < Most ? null : oldest;
    }
}

namespace Turnstone.Sessions;

/// <summary>
/// How many sessions of its API key may have been opened since a moment and still be refreshable, for one more to be
/// opened. It is asked in the commit that opens it: the sessions themselves are the count, so every node counts the
/// same.
/// </summary>
public sealed class LoginAllowance(DateTimeOffset since, DateTimeOffset until, int most)
{
    public DateTimeOffset Since => since;

    public int Most => most;

    /// <summary>
    /// When the oldest of them was opened, once the store has found too many; null while there is room.
    /// </summary>
    public DateTimeOffset? Reached { get; private set; }

    /// <summary>
    /// Whether there is room beside those that were opened at these moments; notes it when there is none.
    /// </summary>
    public bool HasRoom(IEnumerable<DateTimeOffset> opened)
    {
        // One as old as the window has left it: whoever waited for the time in Retry-After is let in. One of the time
        // to come was before the clock was set back.
        List<DateTimeOffset> within = [.. opened.Where(at => at > since && at <= until).Order().Take(most)];
        Reached = within.Count < most ? null : within[0];
        return Reached is null;
    }
}

namespace Turnstone.AspNetCore.Feed;

/// <summary>
/// How old what one connection says is, without trust that the clocks of both sides agree. The server wrote its first
/// word after it was asked, so at that moment its clock showed no more than that word does: what has passed here since
/// then and is not in a later word is how late that word is at most.
/// </summary>
/// <param name="asked">When the server was asked, or earlier.</param>
internal sealed class FeedClock(Moment asked)
{
    // How much faster than this machine's its clock may go; more, and somebody has set it.
    private const double Faster = 1000;

    private double? first;

    /// <summary>How many milliseconds ago at most nothing was missing, as the event is read now.</summary>
    /// <param name="asOf">Until when nothing is missing, by the server's clock.</param>
    /// <param name="sent">When it said so, by the same clock.</param>
    public double AgeOf(double asOf, double sent)
    {
        first ??= sent;
        var late = asked.Age - (sent - first.Value);
        return late < -Faster ? double.PositiveInfinity : Math.Max(0, late) + Math.Max(0, sent - asOf);
    }
}

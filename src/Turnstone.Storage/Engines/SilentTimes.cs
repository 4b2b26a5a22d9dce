namespace Turnstone.Storage.Engines;

/// <summary>
/// When the store did not answer. A refresh may have been committed just before or within such a time while its client
/// was told nothing: the time does not count against the repeat.
/// </summary>
internal sealed class SilentTimes(TimeProvider time)
{
    private const int Most = 32;

    private readonly Lock gate = new();
    private volatile Span[] spans = [];
    private volatile bool silent;
    private long answeredAt;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Something that was asked at this moment has failed; the store may have answered others since.</summary>
    public void Failed(DateTimeOffset asked)
    {
        lock (gate)
        {
            var answered = new DateTimeOffset(Volatile.Read(ref answeredAt), TimeSpan.Zero);
            spans = With(asked > answered ? asked : answered);
            silent = true;
        }
    }

    public void Answered()
    {
        Volatile.Write(ref answeredAt, Now.UtcTicks);
        if (!silent)
        {
            return;
        }

        lock (gate)
        {
            if (spans is [.. var before, { To: null } last])
            {
                spans = [.. before, last with { To = Now }];
            }

            silent = false;
        }
    }

    /// <summary>How much of the time between the two the store was silent.</summary>
    public TimeSpan Between(DateTimeOffset from, DateTimeOffset to)
    {
        var sum = TimeSpan.Zero;
        foreach (var span in spans)
        {
            var first = span.From > from ? span.From : from;
            var last = span.To < to ? span.To.Value : to;
            sum += last > first ? last - first : TimeSpan.Zero;
        }

        return sum;
    }

    // Two that overlap are one. Of a store that comes and goes the oldest two become one, so that the list has an end.
    private Span[] With(DateTimeOffset asked) =>
        spans switch
        {
            [.. var before, var last] when !(last.To < asked) =>
            [
                .. before,
                new(last.From < asked ? last.From : asked, null),
            ],
            { Length: Most } => [new(spans[0].From, spans[1].To), .. spans[2..], new(asked, null)],
            _ => [.. spans, new(asked, null)],
        };

    private sealed record Span(DateTimeOffset From, DateTimeOffset? To);
}

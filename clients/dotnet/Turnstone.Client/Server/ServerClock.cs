namespace Turnstone.Client;

/// <summary>The server's clock as far as this process knows it: its own, corrected by what answers said.</summary>
internal sealed class ServerClock(TimeProvider time)
{
    // A Date header has whole seconds, and an answer is on its way for a while.
    private const double Unsure = 2;

    private double offset;

    public double Now => Local + Volatile.Read(ref offset);

    private double Local => time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    public void Hear(DateTimeOffset? date)
    {
        if (date is { } said)
        {
            var measured = said.ToUnixTimeSeconds() + 0.5 - Local;
            Volatile.Write(ref offset, Math.Abs(measured) <= Unsure ? 0 : measured);
        }
    }
}

namespace Turnstone.Server.Hosting.Connections;

/// <summary>
/// A connection as <see cref="OpenConnections"/> counts it, and whether a request of it is in progress.
/// </summary>
/// <param name="address">Whose it is: a <see cref="Limits.NetworkPrefix"/>.</param>
/// <param name="trusted">Of a proxy, which carries many clients.</param>
/// <param name="close">Closes it at once.</param>
/// <param name="time">The clock.</param>
public sealed class OpenConnection(string address, bool trusted, Action close, TimeProvider time)
{
    private int inProgress;
    private long idleSince = time.GetTimestamp();
    private volatile bool hadRequest;

    public string Address => address;

    public bool Trusted => trusted;

    /// <summary>The moment at which it was last busy, or was accepted.</summary>
    public long IdleSince => Volatile.Read(ref idleSince);

    public bool IsIdle => Volatile.Read(ref inProgress) == 0;

    /// <summary>Whether the head of a request has arrived.</summary>
    public bool HadRequest => hadRequest;

    public void Close() => close();

    public void Begin()
    {
        hadRequest = true;
        Interlocked.Increment(ref inProgress);
    }

    public void End()
    {
        Volatile.Write(ref idleSince, time.GetTimestamp());
        Interlocked.Decrement(ref inProgress);
    }
}

namespace Turnstone.Storage.Engines;

/// <summary>
/// Whether commits are confirmed. One whose outcome was not told in time leaves a doubt, and only a commit that is made
/// to find out removes it: what others commit meanwhile may have had nothing to wait for.
/// </summary>
/// <param name="commit">A commit that changes nothing and waits for all that one has to wait for.</param>
internal sealed class UnconfirmedCommits(Func<Task> commit)
{
    private long doubts;
    private long settled;
    private int asking;

    public void Doubt() => Interlocked.Increment(ref doubts);

    /// <summary>
    /// Whether the last commit that anybody waited for was confirmed, or one is now. One asks at a time: others are
    /// told the doubt.
    /// </summary>
    public async Task<bool> AreConfirmedAsync()
    {
        var doubted = Interlocked.Read(ref doubts);
        if (doubted == Interlocked.Read(ref settled))
        {
            return true;
        }

        if (Interlocked.Exchange(ref asking, 1) == 1)
        {
            return false;
        }

        try
        {
            await commit();
            Interlocked.Exchange(ref settled, doubted);
            return true;
        }
        finally
        {
            Volatile.Write(ref asking, 0);
        }
    }
}

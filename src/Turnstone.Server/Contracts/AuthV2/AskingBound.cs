namespace Turnstone.Server.Contracts.AuthV2;

/// <summary>How many ask the store at once. Nobody waits for a place: there is one, or there is none.</summary>
internal sealed class AskingBound(int most)
{
    private int inside;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref inside) <= most)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref inside);
}

using System.Runtime.InteropServices;
using Turnstone.Limits;
using Turnstone.Model;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>Counts what is being fetched, for whom.</summary>
internal sealed class FetchBudget(FetchBounds bounds, RandomSource random, TimeProvider time)
{
    private readonly Throttle rate = new(bounds.PerPayer, random, time);
    private readonly Dictionary<string, int> underway = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private int all;

    /// <summary>Whether one more may be fetched for the payer; then it has to be given back.</summary>
    public bool Take(string payer)
    {
        lock (gate)
        {
            if (
                all >= bounds.AtOnce
                || underway.GetValueOrDefault(payer) >= bounds.AtOncePerPayer
                || rate.Take(payer) is not null
            )
            {
                return false;
            }

            all++;
            CollectionsMarshal.GetValueRefOrAddDefault(underway, payer, out _)++;
            return true;
        }
    }

    public void GiveBack(string payer)
    {
        lock (gate)
        {
            all--;
            if (--CollectionsMarshal.GetValueRefOrAddDefault(underway, payer, out _) == 0)
            {
                underway.Remove(payer);
            }
        }
    }
}

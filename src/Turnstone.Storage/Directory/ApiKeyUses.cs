using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

/// <summary>The last use of each API key, gathered in memory so that a login never waits to note it.</summary>
internal sealed class ApiKeyUses(Engine engine)
{
    private const int MostKeys = 10_000;

    private readonly Lock gathering = new();
    private Dictionary<Guid, (DateTimeOffset At, string Network)> gathered = [];

    public void Note(Guid id, DateTimeOffset at, string network)
    {
        lock (gathering)
        {
            // What does not fit is not noted this second: the next login of the key is.
            if (gathered.Count < MostKeys || gathered.ContainsKey(id))
            {
                gathered[id] = (at, network);
            }
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var uses = Take();
        if (uses.Count == 0)
        {
            return;
        }

        var rows = uses.OrderBy(use => use.Key).Select(use => new object?[] { use.Key, use.Value.At, use.Value.Network }).ToList();
        try
        {
            await engine.WriteAsync(
                db => db.ExecuteManyAsync(
                    "UPDATE api_keys SET last_used_at = $2, last_used_from = $3 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)", rows),
                cancellationToken);
        }
        catch
        {
            PutBack(uses);
            throw;
        }
    }

    private void PutBack(Dictionary<Guid, (DateTimeOffset At, string Network)> uses)
    {
        lock (gathering)
        {
            foreach (var (id, use) in uses)
            {
                gathered.TryAdd(id, use);
            }
        }
    }

    private Dictionary<Guid, (DateTimeOffset At, string Network)> Take()
    {
        lock (gathering)
        {
            var taken = gathered;
            gathered = [];
            return taken;
        }
    }
}

using System.Collections.Concurrent;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Revocation;

/// <summary>
/// The tokens that clients got for themselves and revoked one by one, by client. One mark ends all of a client's, and
/// then none of those before it has to be remembered.
/// </summary>
internal sealed class OwnTokens(Func<string, HolderMark?> markOf)
{
    private readonly ConcurrentDictionary<string, OfClient> clients = new(StringComparer.Ordinal);

    public int Count => clients.Sum(client => client.Value.Ids.Count);

    public int CountOf(string client)
    {
        if (!clients.TryGetValue(client, out var tokens))
        {
            return 0;
        }

        tokens.DropOpenedBefore(markOf(client));
        return tokens.Ids.Count;
    }

    public bool Contains(string client, SessionId session, SessionId? token) =>
        clients.TryGetValue(client, out var tokens)
        && (tokens.Ids.Contains(session) || (token is { } own && tokens.Ids.Contains(own)));

    /// <summary>False if it is here already, or if the client's mark refuses it.</summary>
    public bool Add(string client, SessionId id, DateTimeOffset until, long openedAfter) =>
        !(markOf(client)?.Number > openedAfter)
        && clients.GetOrAdd(client, _ => new OfClient()).Ids.Add(id, until, openedAfter);

    public IEnumerable<RevokedSession> All(DateTimeOffset now) =>
        clients.SelectMany(client => client.Value.Ids.All(now, client.Key));

    /// <summary>Drops what no token can need any more: what is dead, and what a mark refuses.</summary>
    public void DropUnneeded(DateTimeOffset now)
    {
        foreach (var (client, tokens) in clients)
        {
            tokens.Ids.DropBefore(now);
            tokens.DropOpenedBefore(markOf(client));
        }
    }

    private sealed class OfClient
    {
        private long dropped;

        public RefusedIds Ids { get; } = new();

        public void DropOpenedBefore(HolderMark? mark)
        {
            if (mark is { Number: var number } && Interlocked.Exchange(ref dropped, number) != number)
            {
                Ids.DropOpenedBefore(number);
            }
        }
    }
}

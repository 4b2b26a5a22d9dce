using Turnstone.Directory;

namespace Turnstone.Server.Portal.Sessions;

/// <summary>The names of clients, each read once per page; the id for a client that does not exist.</summary>
public sealed class ClientNames(IClientStore clients, IEnumerable<Client> known)
{
    private readonly Dictionary<string, Client?> found = known.ToDictionary(
        client => client.Id,
        client => (Client?)client
    );

    public async Task<Client?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!found.TryGetValue(id, out var client))
        {
            found[id] = client = await clients.FindAsync(id, cancellationToken);
        }

        return client;
    }

    public async Task<string> OfAsync(string id, CancellationToken cancellationToken) =>
        (await FindAsync(id, cancellationToken))?.Name ?? id;
}

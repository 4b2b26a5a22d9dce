using Turnstone.Directory;

namespace Turnstone.Credentials;

/// <summary>Clients as every request asks for them: remembered for a few seconds, forgotten when one is saved here or on another node.</summary>
public sealed class ClientDirectory(IClientStore store, IStoreChanges changes, TimeProvider time) : IDisposable
{
    /// <summary>The longest text that can be a client's id.</summary>
    public const int LongestId = 128;

    private readonly Remembered<string, Client> clients = new(10_000, TimeSpan.FromSeconds(5), changes, time);

    public Task<Client?> FindAsync(string? id, CancellationToken cancellationToken) => id is { Length: >= 1 and <= LongestId }
        ? clients.GetAsync(id, cancel => store.FindAsync(id, cancel), cancellationToken)
        : Task.FromResult<Client?>(null);

    public void Dispose() => clients.Dispose();
}

using Turnstone.Storage;

namespace Turnstone.Directory;

/// <summary>
/// Clients as every request asks for them: remembered for a few seconds, forgotten when one is saved here or on another
/// node.
/// </summary>
public sealed class ClientDirectory(IClientStore store, IStoreChanges changes, TimeProvider time) : IDisposable
{
    /// <summary>The longest text that can be a client's id; some are addresses.</summary>
    public const int LongestId = 512;

    private readonly StoreCache<string, Client> clients = new(10_000, TimeSpan.FromSeconds(5), changes, time);

    // RFC 6749 appendix A.1: printable ASCII. Anything else is no client's id, and no text for a database either.
    public ValueTask<Client?> FindAsync(string? id, CancellationToken cancellationToken) =>
        id is not { Length: >= 1 and <= LongestId } || id.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? ValueTask.FromResult<Client?>(null)
        : clients.TryGet(id, out var known) ? ValueTask.FromResult<Client?>(known)
        : AskAsync(id, cancellationToken);

    // By itself, so that what is remembered is found without an allocation.
    private ValueTask<Client?> AskAsync(string id, CancellationToken cancellationToken) =>
        clients.GetAsync(id, cancel => store.FindAsync(id, cancel), cancellationToken);

    public void Dispose() => clients.Dispose();
}

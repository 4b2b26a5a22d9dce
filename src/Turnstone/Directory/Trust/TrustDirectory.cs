using Turnstone.Storage;

namespace Turnstone.Directory.Trust;

/// <summary>
/// The rules of a client as a request asks for them: remembered for a few seconds, forgotten when one is added or taken
/// away here or on another node.
/// </summary>
public sealed class TrustDirectory(ITrustStore store, IStoreChanges changes, TimeProvider time) : IDisposable
{
    private readonly StoreCache<string, IReadOnlyList<TrustRule>> rules = new(
        1_000,
        TimeSpan.FromSeconds(5),
        changes,
        time
    );

    /// <summary>Of a client that there is.</summary>
    public async ValueTask<IReadOnlyList<TrustRule>> OfAsync(string clientId, CancellationToken cancellationToken) =>
        await rules.GetAsync(clientId, async cancel => await store.ListAsync(clientId, cancel), cancellationToken)
        ?? [];

    public void Dispose() => rules.Dispose();
}

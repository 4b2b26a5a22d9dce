using Turnstone.Foreign;
using Turnstone.Model;

namespace Turnstone.Server.Hosting.Outbound;

/// <summary>
/// Foreign documents over <see cref="OutboundHttp"/>. What strangers ask for has connections, lookups and memory of its
/// own.
/// </summary>
public sealed class ForeignDocuments(
    OutboundRules rules,
    ForeignDocumentBounds bounds,
    RandomSource random,
    TimeProvider time
) : IForeignDocuments, IDisposable
{
    private readonly DocumentCache registered = new(new DocumentFetch(rules), bounds.Registered, random, time);
    private readonly DocumentCache strangers = new(new DocumentFetch(rules), bounds.Strangers, random, time);

    public ValueTask<Fetched<T>> GetAsync<T>(
        string uri,
        FetchPayer payer,
        DocumentReader<T> read,
        CancellationToken cancellationToken
    )
        where T : class => CacheOf(payer).GetAsync(uri, payer.Name, read, cancellationToken);

    public ValueTask<Fetched<T>> RenewAsync<T>(
        Fetched<T> seen,
        FetchPayer payer,
        DocumentReader<T> read,
        CancellationToken cancellationToken
    )
        where T : class => CacheOf(payer).RenewAsync(seen, payer.Name, read, cancellationToken);

    public void Dispose()
    {
        registered.Dispose();
        strangers.Dispose();
    }

    private DocumentCache CacheOf(FetchPayer payer) => payer.IsStranger ? strangers : registered;
}

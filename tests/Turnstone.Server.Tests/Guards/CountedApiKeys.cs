using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Guards;

/// <summary>The store of API keys, which counts what it is asked and can be away.</summary>
internal sealed class CountedApiKeys
{
    public int Asked { get; set; }

    public bool Away { get; set; }

    public void Around(IServiceCollection services) =>
        services.AddSingleton<IApiKeyStore>(provider => new Store(
            this,
            provider.GetRequiredService<Turnstone.Storage.Store>().ApiKeys
        ));

    private sealed class Store(CountedApiKeys counted, IApiKeyStore inner) : IApiKeyStore
    {
        public Task<ApiKey?> FindByHashAsync(IReadOnlyList<byte[]> hashes, CancellationToken cancellationToken)
        {
            counted.Asked++;
            return counted.Away
                ? throw new StoreUnavailableException()
                : inner.FindByHashAsync(hashes, cancellationToken);
        }

        public Task<ApiKey?> FindAsync(Guid id, CancellationToken cancellationToken) =>
            inner.FindAsync(id, cancellationToken);

        public Task<IReadOnlyList<ApiKey>> ListAsync(Guid accountId, CancellationToken cancellationToken) =>
            inner.ListAsync(accountId, cancellationToken);

        public Task<Receipt> SaveAsync(ApiKey key, AuditEntry entry, CancellationToken cancellationToken) =>
            inner.SaveAsync(key, entry, cancellationToken);

        public Task<Receipt> RollAsync(
            ApiKey old,
            ApiKey successor,
            AuditEntry entry,
            CancellationToken cancellationToken
        ) => inner.RollAsync(old, successor, entry, cancellationToken);

        public Task<IReadOnlyList<ApiKey>> ToWarnAsync(
            DateTimeOffset before,
            int limit,
            CancellationToken cancellationToken
        ) => inner.ToWarnAsync(before, limit, cancellationToken);

        public Task<Receipt> NoteWarnedAsync(Guid id, DateTimeOffset freezesAt, CancellationToken cancellationToken) =>
            inner.NoteWarnedAsync(id, freezesAt, cancellationToken);

        public void NoteUse(Guid id, DateTimeOffset at, string network) => inner.NoteUse(id, at, network);
    }
}

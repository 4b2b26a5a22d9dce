using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Tests.Directory;

/// <summary>The API of the settings, and no registered one until the store is read.</summary>
internal sealed class NoApis : IApiStore
{
    public static Apis For(string audience, IApiStore? store = null) =>
        new(
            store ?? new NoApis(),
            new DefaultApi(
                new()
                {
                    Id = ApiRules.DefaultId,
                    Identifier = audience,
                    Name = "Turnstone",
                }
            )
        );

    public Task<Api?> FindAsync(string id, CancellationToken cancellationToken) => Task.FromResult<Api?>(null);

    public Task<IReadOnlyList<Api>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Api>>([]);

    public Task<Receipt> SaveAsync(Api api, AuditEntry entry, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

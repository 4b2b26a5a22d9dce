using Turnstone.Directory;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

internal sealed class SectorStore(Engine engine) : ISectorStore
{
    public Task<byte[]> SaltAsync(string sector, byte[] proposed, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            async db =>
            {
                await db.ExecuteAsync(
                    "INSERT INTO sectors (name, salt) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                    sector,
                    proposed
                );
                return await db.FirstAsync("SELECT salt FROM sectors WHERE name = $1", row => row.Bytes(0), sector)
                    ?? throw new InvalidOperationException("A row that was written is not there.");
            },
            cancellationToken
        );
}

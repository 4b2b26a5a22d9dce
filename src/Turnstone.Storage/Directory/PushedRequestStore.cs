using Turnstone.Authorization;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

internal sealed class PushedRequestStore(Engine engine) : IPushedRequestStore
{
    private const string Takeable = "hash = $1 AND client_id = $2 AND expires_at > $3";

    public Task AddAsync(PushedRequest request, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "INSERT INTO pushed_requests (hash, client_id, parameters, expires_at) VALUES ($1, $2, $3, $4)",
                    request.Hash,
                    request.ClientId,
                    request.Query,
                    request.ExpiresAt
                ),
            cancellationToken
        );

    public Task<string?> TakeAsync(
        byte[] hash,
        string clientId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        engine.WriteAsync(
            async db =>
            {
                var query = await db.FirstAsync(
                    $"SELECT parameters FROM pushed_requests WHERE {Takeable}",
                    row => row.Text(0),
                    hash,
                    clientId,
                    now
                );

                // Whoever reads it at the same moment finds nothing to remove.
                return await db.ExecuteAsync($"DELETE FROM pushed_requests WHERE {Takeable}", hash, clientId, now) == 1
                    ? query
                    : null;
            },
            cancellationToken
        );

    public Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        engine.WriteAsync(
            db =>
                db.ExecuteAsync(
                    "DELETE FROM pushed_requests WHERE hash IN (SELECT hash FROM pushed_requests "
                        + "WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
                    before,
                    limit
                ),
            cancellationToken
        );
}

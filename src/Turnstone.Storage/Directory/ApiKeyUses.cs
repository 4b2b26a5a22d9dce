using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Directory;

/// <summary>The last use of each API key, gathered in memory so that a login never waits to note it.</summary>
internal sealed class ApiKeyUses(Engine engine)
{
    // What finds no room is noted for a key that does not exist: the next login of its own is noted again.
    private readonly WriteBehindBuffer<Guid, (DateTimeOffset At, string Network)> uses = new(
        (one, other) => one.At > other.At ? one : other,
        _ => Guid.Empty
    );

    public void Note(Guid id, DateTimeOffset at, string network) => uses.Add(id, (at, network));

    public Task FlushAsync(CancellationToken cancellationToken) =>
        uses.FlushAsync(
            all => all.OrderBy(use => use.Key),
            some =>
                engine.WriteAsync(
                    db =>
                        db.ExecuteManyAsync(
                            "UPDATE api_keys SET last_used_at = $2, last_used_from = $3 WHERE id = $1 "
                                + "AND (last_used_at IS NULL OR last_used_at < $2)",
                            [.. some.Select(use => new object?[] { use.Key, use.Value.At, use.Value.Network })]
                        ),
                    cancellationToken
                )
        );
}

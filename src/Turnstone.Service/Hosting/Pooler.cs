using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Hosting;

/// <summary>
/// A pooler between server and database that works in session mode is none of ours; in others it is refused.
/// </summary>
internal static class Pooler
{
    /// <exception cref="SettingsException">The pooler hands connections on.</exception>
    public static async Task RefuseAsync(Store store, CancellationToken cancellationToken)
    {
        if (await store.HandsConnectionsOnAsync(cancellationToken))
        {
            throw new SettingsException([
                $"{DatabasePlace.Setting} leads to a pooler that gives a connection to another client after each "
                    + "transaction or statement (PgBouncer with pool_mode = transaction): name PostgreSQL itself, or "
                    + "set pool_mode = session. A server opens 25 connections at most.",
            ]);
        }
    }
}

using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Hosting;

/// <summary>Where the operator wants it, a server starts only where a commit is on two machines.</summary>
internal static class Replication
{
    public const string Setting = $"{TurnstoneSettings.Section}:Store:RequireReplication";

    /// <exception cref="SettingsException">The database has no synchronous standby, and must have one.</exception>
    public static async Task RequireAsync(Store store, TurnstoneSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Store.RequireReplication && !await HoldsAsync(store, cancellationToken))
        {
            throw new SettingsException([
                $"{Setting} is true, and the database has no synchronous standby: set synchronous_standby_names "
                    + "(Patroni: synchronous_mode) and synchronous_commit = on, or set it to false.",
            ]);
        }
    }

    /// <exception cref="StoreUnavailableException">The database does not answer.</exception>
    public static async Task<bool> HoldsAsync(Store store, CancellationToken cancellationToken) =>
        await store.DurabilityAsync(cancellationToken) is { HasSynchronousStandby: true };
}

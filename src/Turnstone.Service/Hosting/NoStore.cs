using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Hosting;

/// <summary>
/// Only <c>init</c> and a start in Development make a store: a wrong path must not become an empty service that says it
/// is ready.
/// </summary>
internal static class NoStore
{
    /// <summary>To be asked before the store is opened, which an embedded one needs its file and its key for.</summary>
    /// <exception cref="StoreUnavailableException">The embedded database has no file.</exception>
    public static void RefuseWithoutFile(ServerSettings settings)
    {
        if (settings.Database.File is { } file && !File.Exists(file))
        {
            throw At(settings.Database);
        }
    }

    /// <summary>Where the store's tables are.</summary>
    /// <exception cref="StoreUnavailableException">There is no store.</exception>
    public static async Task<MigrationStatus> RefuseAsync(
        Store store,
        ServerSettings settings,
        CancellationToken cancellationToken
    )
    {
        var status = await store.Migrations.StatusAsync(cancellationToken);
        return status.Applied > 0 ? status : throw At(settings.Database);
    }

    private static StoreUnavailableException At(DatabasePlace looked) =>
        new(
            $"There is no store at {looked}: name the right one ({DatabasePlace.Setting}; a relative path begins in "
                + $"{Environment.CurrentDirectory}), or run turnstone-server init to make a new one."
        );
}

using Turnstone.Server.Settings;
using Turnstone.Storage;
using Turnstone.Storage.Journal;

namespace Turnstone.Server.Hosting;

/// <summary>The journal of revocations at the start of a server.</summary>
internal static class JournalPlace
{
    /// <exception cref="SettingsException">It cannot be written where it is to be.</exception>
    public static async Task StartAsync(Store store, ILogger log, CancellationToken cancellationToken)
    {
        if (store.Journal.Problem() is { } problem)
        {
            throw new SettingsException([
                $"Turnstone:Storage:Journal is the folder {store.Journal.Folder}, which cannot be used: "
                    + $"{problem.TrimEnd('.')}. "
                    + "Let the server's user alone write there, name another folder, or set it to none.",
            ]);
        }

        var found = await store.Journal.StartAsync(cancellationToken);
        if (found.Damaged > 0 || found.Unreadable.Count > 0)
        {
            log.JournalDamaged(
                found.Damaged,
                found.Unreadable.Count > 0 ? string.Join(", ", found.Unreadable) : "none"
            );
        }

        if (found.StoreIsOlder)
        {
            log.StoreIsOlder(found.StoreFrom, found.JournalUntil, found.Repeated);
        }
        else if (found.Unknown)
        {
            log.RevocationsUnknown(found.StoreFrom);
        }
    }
}

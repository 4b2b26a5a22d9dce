using System.Globalization;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Storage;

namespace Turnstone.Server.Operations.Check;

/// <summary>
/// Whether the database answers, has this program's tables, keeps what it has committed, and shows the time.
/// </summary>
internal sealed class DatabaseInspection(ServerSettings settings, Func<Store> open) : Inspection(Name)
{
    public const string Name = "database";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    public override async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        if (settings.Database.ToString().Length == 0)
        {
            // The connection string cannot be read, which the settings have said.
            return [];
        }

        if (settings.Database.File is { } file && !File.Exists(file))
        {
            return [NoStore()];
        }

        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(LongestWait);
        try
        {
            return await LookAtAsync(open(), late.Token).WaitAsync(late.Token);
        }
        catch (Exception away) when (away is StoreUnavailableException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason =
                away is StoreUnavailableException ? (away.InnerException ?? away).Message : "no answer in time";
            return
            [
                Failed(
                    $"{settings.Database} does not answer: {reason}",
                    "Start the database, or correct ConnectionStrings:Turnstone."
                ),
            ];
        }
    }

    private async Task<IReadOnlyList<Finding>> LookAtAsync(Store store, CancellationToken cancellationToken)
    {
        List<Finding> found = [];
        if (await store.HandsConnectionsOnAsync(cancellationToken))
        {
            found.Add(
                Failed(
                    $"{DatabasePlace.Setting} leads to a pooler that gives a connection to another client after each "
                        + "transaction or statement.",
                    "Name PostgreSQL itself, or set pool_mode = session."
                )
            );
            return found;
        }

        var status = await store.Migrations.StatusAsync(cancellationToken);
        found.Add(
            status.Applied == 0 ? NoStore()
            : !status.Served
                ? Failed(
                    $"The store is at version {status.Applied} and requires {status.Required}; this program knows "
                        + $"versions up to {status.Known}.",
                    "Install the newer program."
                )
            : status.Pending > 0
                ? Warning(
                    $"The store is at version {status.Applied}, this program at {status.Known}.",
                    "The next start of a server migrates it; turnstone-server migrate does it before."
                )
            : Ok($"{settings.Database}, version {status.Applied}.")
        );
        if (await store.DurabilityAsync(cancellationToken) is { } durability)
        {
            found.AddRange(Of(durability));
        }

        if (status is { Applied: > 0, Served: true })
        {
            found.Add(await ClockAsync(store, cancellationToken));
            found.AddRange(await AdministratorsAsync(store, cancellationToken));
        }

        return found;
    }

    private IEnumerable<Finding> Of(DatabaseDurability durability)
    {
        if (durability.ReadOnly)
        {
            yield return Failed(
                "This database accepts no writes: it is a standby.",
                "Name all database machines in the connection string (Host=a,b,c): the server finds the primary."
            );
        }

        if (!durability.FlushesCommits)
        {
            yield return Failed(
                "fsync or synchronous_commit is off: the database answers before a commit is on disk, and a power cut "
                    + "loses revocations.",
                "Set both to on."
            );
        }

        yield return durability.HasSynchronousStandby
            ? Ok("A commit is on two machines before it is answered (synchronous_standby_names).")
        : settings.Turnstone.Store.RequireReplication
            ? Failed(
                $"No synchronous standby is set, and {Replication.Setting} is true: no server starts.",
                "Set synchronous_standby_names (Patroni: synchronous_mode), or set the setting to false."
            )
        : Warning(
            "No synchronous standby is set: a failover may lose the last commits, also revocations.",
            "With a standby set synchronous_standby_names (Patroni: synchronous_mode). Without one keep backups."
        );
        if (durability.Connections < 60)
        {
            yield return Warning(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"max_connections is {durability.Connections}; each server opens 25, a command too."
                ),
                "Set it to 25 for each server and 60 more."
            );
        }
    }

    private static async Task<Finding> ClockAsync(Store store, CancellationToken cancellationToken)
    {
        var right = await store.Clock.IsRightAsync(cancellationToken);
        return right
            ? new("clock", FindingState.Ok, "This machine's clock fits the database's.")
            : new(
                "clock",
                FindingState.Warning,
                "This machine's clock does not fit the database: it is more than 30 s off, or it jumped.",
                "Keep the time by NTP. After more than a day without a server this is said too, and is harmless."
            );
    }

    private async Task<IEnumerable<Finding>> AdministratorsAsync(Store store, CancellationToken cancellationToken)
    {
        if (settings.Turnstone.Provision.Length > 0)
        {
            return [];
        }

        var count = (await store.Accounts.AdministratorsAsync(cancellationToken)).Count;
        return
        [
            count > 0
                ? new(
                    "administrators",
                    FindingState.Ok,
                    count == 1 ? "1 account administers the portal." : $"{count} accounts administer the portal."
                )
                : new(
                    "administrators",
                    FindingState.Warning,
                    "Nobody administers the portal.",
                    "turnstone-server init --administrator EMAIL, or administrator EMAIL for an account that exists."
                ),
        ];
    }

    private Finding NoStore() =>
        Failed(
            $"There is no store at {settings.Database}.",
            $"Name the right one ({DatabasePlace.Setting}; a relative path begins in {Environment.CurrentDirectory}), "
                + "or run turnstone-server init to make a new one."
        );
}

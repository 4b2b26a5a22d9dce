using Microsoft.Extensions.Logging;
using Npgsql;
using Turnstone.Storage.Engines;

namespace Turnstone.Storage.Postgres;

/// <summary>
/// Hears on a connection of its own what other nodes announce. What was said while it was not connected is made up for
/// by telling everything.
/// </summary>
internal sealed class PostgresListener : IAsyncDisposable
{
    private const string Channel = "turnstone_changes";
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly PostgresConnections connections;
    private readonly ChangeFeed changes;
    private readonly Background listening;

    public PostgresListener(PostgresConnections connections, TimeProvider time, ChangeFeed changes, ILogger log)
    {
        this.connections = connections;
        this.changes = changes;
        listening = new Background("listening for changes", PauseAfterFailure, time, log, ListenAsync);
    }

    /// <summary>
    /// Announces in the transaction that makes the change: nobody hears of one that did not come to be.
    /// </summary>
    public static async Task NotifyAsync(Db db, IReadOnlyCollection<ChangeKind> kinds)
    {
        foreach (var kind in kinds)
        {
            await db.AnyAsync($"SELECT pg_notify('{Channel}', $1)", kind);
        }
    }

    public ValueTask DisposeAsync() => listening.DisposeAsync();

    private async Task ListenAsync(Action works, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken);
        connection.Notification += Hear;
        try
        {
            await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
            {
                await listen.ExecuteNonQueryAsync(cancellationToken);
            }

            works();
            changes.TellAll();
            while (true)
            {
                await connection.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            connection.Notification -= Hear;
        }
    }

    private void Hear(object sender, NpgsqlNotificationEventArgs notification)
    {
        if (Enum.TryParse<ChangeKind>(notification.Payload, out var kind))
        {
            changes.Tell(kind);
        }
        else
        {
            // A newer node speaks of something that this one does not know.
            changes.TellAll();
        }
    }
}

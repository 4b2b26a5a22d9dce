using System.Diagnostics;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens;

namespace Turnstone.Bench.Absolute;

/// <summary>
/// How long one client's refreshes take, one after another, while all sessions of another client end and while the
/// sweep removes them.
/// </summary>
internal static class RefreshesBeside
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    // The end of these sessions is far beyond that of the others, so that the sweep leaves them.
    private static readonly Terms Terms = new()
    {
        Contract = "oauth2",
        AccessLifetime = TimeSpan.FromMinutes(15),
        RefreshLifetime = TimeSpan.FromDays(1_000),
    };

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string engine, string database, long count)
    {
        await using var store = await Revocations.OpenAsync(database);
        await Revocations.FillAsync(database, "crowd", count, ended: false);
        await Revocations.FillAsync(database, "beside", 1, ended: false);
        var session = (await store.Sessions.ListAsync(SessionHolder.Client("beside"), 1, CancellationToken.None))[0];
        var client = new Client(store, session.Id);
        await client.WhileAsync(Task.Delay(Quiet));
        var alone = await client.WhileAsync(Task.Delay(Quiet));
        var log = new LogLength(database);
        var ending = await client.WhileAsync(
            store.Sessions.EndAllAsync(
                SessionHolder.Client("crowd"),
                RevocationReason.ByOperator,
                Revocations.Entry(AuditEvent.SessionsRevoked),
                CancellationToken.None
            )
        );
        var began = Stopwatch.GetTimestamp();
        var sweeping = await client.WhileAsync(
            store.Upkeep.SweepAsync(new Retention { Sessions = -TimeSpan.FromDays(60) }, CancellationToken.None)
        );
        var swept = Stopwatch.GetElapsedTime(began).TotalSeconds;
        List<Figure> figures =
        [
            Worst("nothing else", alone),
            Worst($"{count} sessions of another client end", ending),
            Worst($"they are swept in {swept:0.0} s", sweeping),
        ];
        if (await log.LongestAsync() is { } longest)
        {
            figures.Add(
                new($"longest write-ahead log, {engine}", $"{count} sessions end and are swept", longest, 48, "MiB")
            );
        }

        return figures;

        Figure Worst(string meanwhile, double milliseconds) =>
            new($"slowest refresh, {engine}", $"while {meanwhile}", milliseconds, 50, "ms");
    }

    /// <summary>How long SQLite's log was at most, looked at a hundred times a second.</summary>
    private sealed class LogLength
    {
        private readonly CancellationTokenSource end = new();
        private readonly Task<double?> watching;

        public LogLength(string database) =>
            watching = database.StartsWith("Data Source=", StringComparison.Ordinal)
                ? Task.Run(() => WatchAsync($"{database["Data Source=".Length..].Split(';')[0]}-wal"))
                : Task.FromResult<double?>(null);

        /// <summary>In MiB; null for a database that has no such file.</summary>
        public async Task<double?> LongestAsync()
        {
            await end.CancelAsync();
            var longest = await watching;
            end.Dispose();
            return longest;
        }

        private async Task<double?> WatchAsync(string path)
        {
            var longest = 0L;
            while (!end.IsCancellationRequested)
            {
                longest = Math.Max(longest, File.Exists(path) ? new FileInfo(path).Length : 0);
                await Task.Delay(10, CancellationToken.None);
            }

            return longest / (double)(1 << 20);
        }
    }

    private sealed class Client(Store store, SessionId session)
    {
        private uint generation;

        /// <summary>The slowest refresh until the work is done.</summary>
        public async Task<double> WhileAsync(Task work)
        {
            var slowest = 0.0;
            do
            {
                var began = Stopwatch.GetTimestamp();
                var decision = await store.Sessions.RotateAsync(
                    new RefreshAttempt(new RefreshToken(session, generation), "beside", null, Terms),
                    _ => Revocations.Entry(AuditEvent.RefreshReuse),
                    CancellationToken.None
                );
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                generation = decision.Session!.Generation;
            } while (!work.IsCompleted);

            await work;
            return slowest;
        }
    }
}

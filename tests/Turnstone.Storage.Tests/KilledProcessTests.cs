using Turnstone.Sessions;

namespace Turnstone.Storage.Tests;

public abstract class KilledProcessTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Every_acknowledged_refresh_survives_a_kill_and_every_client_that_retries_goes_on()
    {
        // The other process lives on the real clock.
        Time.Advance(TimeProvider.System.GetUtcNow() - Time.Now);
        var sessions = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => GivenSessionAsync()));
        var acknowledged = sessions.ToDictionary(session => session.Id, _ => 0u);
        using (var process = RefreshingProcess.Start(Database.ConnectionString, sessions.Select(session => session.Id)))
        {
            var lines = 0;
            while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
            {
                if (RefreshingProcess.Read(line) is var (session, generation))
                {
                    acknowledged[session] = generation;
                }

                if (++lines == 1000)
                {
                    process.Kill();
                }
            }

            await process.WaitForExitAsync(Cancel);
            Assert.NotEqual(0, process.ExitCode);
            Assert.True(lines >= 1000);
        }

        Time.Advance(TimeProvider.System.GetUtcNow() - Time.Now);
        await using var store = Database.Open();
        foreach (var session in sessions)
        {
            var last = acknowledged[session.Id];
            var row = await store.Sessions.FindAsync(session.Id, Cancel);

            // At most the one refresh whose answer was lost is ahead of the client.
            Assert.InRange(row!.Generation, last, last + 1);
            var decision = await RefreshAsync(session, last, store);
            Assert.True(decision.Grants);
            Assert.Equal(last + 1, decision.Session!.Generation);
        }
    }
}

public sealed class Killed_process_on_SQLite(SqliteDatabase database)
    : KilledProcessTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Killed_process_on_PostgreSQL(PostgresDatabase database)
    : KilledProcessTests(database),
        IClassFixture<PostgresDatabase>;

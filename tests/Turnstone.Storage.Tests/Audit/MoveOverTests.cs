using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Blocks;

namespace Turnstone.Storage.Tests.Audit;

/// <summary>What an older version wrote is sealed while it is read: at every moment it is all there.</summary>
public abstract class MoveOverTests(TestDatabase database) : StoreTest(database)
{
    private const int Entries = 300;

    [Fact]
    public async Task The_log_of_an_older_version_is_sealed_while_it_is_read()
    {
        var place = await Database.CreateAsync();
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = place, DatabaseClock = Time },
            Time,
            RandomSource.System
        );
        await GivenOlderAsync(store);
        await store.Migrations.ApplyAsync(Cancel);
        var query = new AuditQuery { Limit = 10 * Entries };
        var before = await store.Audit.ReadAsync(query, Cancel);
        Assert.Equal(Entries, before.Count);
        Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromHours(1));

        var reading = new CancellationTokenSource();
        var reader = Task.Run(
            async () =>
            {
                var reads = 0;
                for (; !reading.IsCancellationRequested || reads == 0; reads++)
                {
                    Assert.Equal(before, await store.Audit.ReadAsync(query, Cancel));
                }

                return reads;
            },
            Cancel
        );
        var log = new SealedLog(store.Engine, RandomSource.System, Time, SealingProcess.Small);
        var seal = new AuditSeal(log, SealingProcess.Masters, RandomSource.System, Time);
        while (await Database.NumberAsync("SELECT COUNT(*) FROM audit", place) > 0)
        {
            await seal.SealAsync(_ => DateTimeOffset.UnixEpoch, Cancel);
            Assert.Empty(seal.Faults);
        }

        await reading.CancelAsync();
        Assert.NotEqual(0, await reader);
        Assert.Equal(before, await store.Audit.ReadAsync(query, Cancel));
        var inspection = await log.InspectAsync(await log.StateAsync(Cancel), [], Cancel);
        Assert.Equal((Entries, 0), (inspection.Entries, inspection.Faults.Count));
    }

    private async Task GivenOlderAsync(Store store)
    {
        var first = new FirstVersion(store.Engine);
        await first.CreateAsync(Cancel);
        foreach (var number in Enumerable.Range(0, Entries))
        {
            var entry = (number % 3) switch
            {
                0 => Entry(AuditEvent.Login, NewId()),
                1 => Entry(AuditEvent.LoginFailed, NewId()),
                _ => Entry(AuditEvent.PasswordChanged, NewId()),
            };
            await first.AddAsync(entry with { Id = NewId(), Detail = $"{number}" }, Cancel);
            Time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}

public sealed class Move_over_on_SQLite(SqliteDatabase database)
    : MoveOverTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Move_over_on_PostgreSQL(PostgresDatabase database)
    : MoveOverTests(database),
        IClassFixture<PostgresDatabase>;

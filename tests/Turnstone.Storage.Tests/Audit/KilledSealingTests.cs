using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Blocks;

namespace Turnstone.Storage.Tests.Audit;

/// <summary>
/// A process is killed while it seals, merges, indexes and signs: nothing is lost, and nothing is twice.
/// </summary>
public abstract class KilledSealingTests(TestDatabase database) : StoreTest(database)
{
    private const int Rounds = 8;

    private SealedLog Log => new(Store.Engine, RandomSource.System, Time, SealingProcess.Small);

    [Fact]
    public async Task Every_acknowledged_entry_is_there_once_after_each_kill_and_the_chain_holds()
    {
        List<string> acknowledged = [];
        for (var round = 1; round <= Rounds; round++)
        {
            acknowledged.AddRange(await UntilKilledAsync(round, lines: 100 + (37 * round)));
            Time.Advance(TimeProvider.System.GetUtcNow() - Time.Now);
            await AssertThereAsync(acknowledged);

            var seal = new AuditSeal(Log, SealingProcess.Masters, RandomSource.System, Time);
            do
            {
                await seal.SealAsync(_ => DateTimeOffset.UnixEpoch, Cancel);
                Assert.Empty(seal.Faults);
                Assert.Null(seal.PutBack);
            } while ((await InspectAsync()).Waiting > 0);

            await AssertThereAsync(acknowledged);
        }
    }

    private async Task<List<string>> UntilKilledAsync(int round, int lines)
    {
        List<string> read = [];
        using var process = SealingProcess.Start(Database.ConnectionString, round);
        while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            if (line.Split(' ') is [var detail, "."])
            {
                read.Add(detail);
            }

            if (read.Count == lines)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync(Cancel);
        Assert.True(read.Count >= lines, "The process ended by itself.");
        return read;
    }

    private async Task AssertThereAsync(List<string> acknowledged)
    {
        var found = await Store.Audit.ReadAsync(new AuditQuery { Event = AuditEvent.Login, Limit = 1_000_000 }, Cancel);
        var details = found.Select(entry => entry.Detail!).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(found.Count, details.Count);
        Assert.Empty(acknowledged.Except(details, StringComparer.Ordinal));
        Assert.Empty((await InspectAsync()).Faults);
    }

    private async Task<AuditInspection> InspectAsync() =>
        await Log.InspectAsync(await Log.StateAsync(Cancel), [], Cancel);
}

public sealed class Killed_sealing_on_SQLite(SqliteDatabase database)
    : KilledSealingTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Killed_sealing_on_PostgreSQL(PostgresDatabase database)
    : KilledSealingTests(database),
        IClassFixture<PostgresDatabase>;

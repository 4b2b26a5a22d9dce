using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Blocks;

namespace Turnstone.Storage.Tests.Audit;

/// <summary>A node that has lost its lead does not know it at once: what two seal at once is sealed once.</summary>
public abstract class TwoSealersTests(TestDatabase database) : StoreTest(database)
{
    private const int Rounds = 20;
    private const int EntriesOfRound = 12;

    [Fact]
    public async Task Two_that_seal_at_once_without_a_lead_seal_nothing_twice()
    {
        var log = new SealedLog(Store.Engine, RandomSource.System, Time, SealingProcess.Small);
        var seal = new AuditSeal(log, SealingProcess.Masters, RandomSource.System, Time);
        await seal.SealAsync(_ => Time.Now, Cancel);
        await using var other = Database.Open();
        List<BlockSealing> both =
        [
            new(Store.Engine, RandomSource.System, Time, SealingProcess.Small),
            new(other.Engine, RandomSource.System, Time, SealingProcess.Small),
        ];
        var account = NewId();
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, EntriesOfRound)
                    .Select(i =>
                        Store.Audit.AppendAsync(
                            Entry(AuditEvent.Login, account) with
                            {
                                Detail = $"{round}-{i}",
                            },
                            Cancel
                        )
                    )
            );
            await Task.WhenAll(both.Select(sealing => Task.Run(() => sealing.SealAsync(Cancel))));
        }

        await seal.SealAsync(_ => DateTimeOffset.UnixEpoch, Cancel);
        Assert.Empty(seal.Faults);
        var found = await Store.Audit.ReadAsync(new AuditQuery { AccountId = account, Limit = 1000 }, Cancel);
        Assert.Equal(Rounds * EntriesOfRound, found.DistinctBy(entry => entry.Detail).Count());
        Assert.Equal(Rounds * EntriesOfRound, found.Count);
        var inspection = await log.InspectAsync(await log.StateAsync(Cancel), [], Cancel);
        Assert.Equal((Rounds * EntriesOfRound, 0), (inspection.Entries, inspection.Faults.Count));
    }
}

public sealed class Two_sealers_on_SQLite(SqliteDatabase database)
    : TwoSealersTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Two_sealers_on_PostgreSQL(PostgresDatabase database)
    : TwoSealersTests(database),
        IClassFixture<PostgresDatabase>;

using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage.Blocks;
using Turnstone.Storage.Engines;
using Turnstone.Tokens.Keys;

namespace Turnstone.Storage.Tests.Audit;

/// <summary>Whoever owns the database changes the sealed log in some way: each is found, and named.</summary>
public abstract class AlteredLogTests(TestDatabase database) : StoreTest(database), IAsyncLifetime
{
    private const int Entries = 80;

    private static readonly MasterKeyRing Masters = new(new MasterKey(new byte[MasterKey.Size]));

    private static readonly BlockSizes Small = new()
    {
        Sealed = 8,
        Most = 8,
        Full = 8,
        Group = 4,
    };

    private readonly List<AuditCheckpoint> published = [];

    private SealedLog Log => field ??= new(Store.Engine, RandomSource.System, Time, Small);

    public async ValueTask InitializeAsync()
    {
        foreach (var table in new[] { "audit", "audit_blocks", "audit_contents", "audit_found", "audit_agents" })
        {
            await ChangeAsync(db => db.ExecuteAsync($"DELETE FROM {table}"));
        }

        await ChangeAsync(db =>
            db.ExecuteAsync("UPDATE audit_chains SET first = 1, base = NULL, next = 1, hash = NULL, indexed = 1")
        );
        for (var i = 0; i < Entries; i++)
        {
            await Store.Audit.AppendAsync(Entry(AuditEvent.Login, NewId()) with { Detail = $"{i}" }, Cancel);
            Time.Advance(TimeSpan.FromSeconds(1));
            if (i % 8 == 7)
            {
                await SealAsync();
                published.Add((await Log.CheckpointAsync(Cancel))!);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Nothing_is_found_where_nothing_was_altered()
    {
        var inspection = await InspectAsync();

        Assert.Empty(inspection.Faults);
        Assert.Equal((Entries, 0, 0), (inspection.Entries, inspection.Waiting, inspection.AfterCheckpoint));
        Assert.Equal(10, await Database.RowsAsync("audit_blocks"));
        Assert.NotEqual(0, await Database.RowsAsync("audit_found"));
    }

    [Fact]
    public async Task One_byte()
    {
        var contents = await ContentsAsync(17);
        for (var at = 0; at < contents.Length; at += 7)
        {
            var altered = contents.ToArray();
            altered[at] ^= 1;
            await PutAsync(17, altered);
            Assert.NotEmpty((await InspectAsync()).Faults);
        }

        await PutAsync(17, contents);
        Assert.Empty((await InspectAsync()).Faults);
    }

    [Fact]
    public async Task An_entry_that_is_another_is_named()
    {
        var contents = await ContentsAsync(17);
        var entries = BlockFormat.Read(contents, 8).ToList();
        entries[3] = entries[3] with { Account = NewId() };

        // The short hashes of before are left, or the block's would be made again with them.
        byte[] altered = [.. BlockFormat.Write(entries)[..^32], .. contents[^32..]];
        await PutAsync(17, altered);

        var fault = Assert.Single((await InspectAsync()).Faults, fault => !fault.Contains("index", Ordinal));
        Assert.StartsWith("Logins 20 of ", fault, Ordinal);
        Assert.EndsWith("is not what was sealed: it was changed or put in.", fault, Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entry_that_is_another_with_all_hashes_of_its_block_made_again(bool chainToo)
    {
        var entries = BlockFormat.Read(await ContentsAsync(17), 8).ToList();
        entries[3] = entries[3] with { At = entries[3].At + 1 };
        await PutAsync(17, BlockFormat.Write(entries));
        if (chainToo)
        {
            await ChainAgainAsync();
        }

        var faults = (await InspectAsync()).Faults;
        Assert.Contains(
            faults,
            fault => fault.Contains(chainToo ? "The hash after logins" : "Of logins 17 to 24", Ordinal)
        );

        // With what was published meanwhile it is known where it begins.
        if (chainToo)
        {
            Assert.Contains("The hash after logins 24", (await InspectAsync(published)).Faults[0], Ordinal);
        }
    }

    [Fact]
    public async Task An_entry_that_was_removed_or_put_in_or_two_in_another_order()
    {
        var contents = await ContentsAsync(17);
        var entries = BlockFormat.Read(contents, 8).ToList();
        List<List<SealedEntry>> altered =
        [
            [.. entries[..2], .. entries[3..]],
            [.. entries[..2], entries[0] with { Id = NewId() }, .. entries[2..]],
            [entries[1], entries[0], .. entries[2..]],
        ];
        foreach (var one in altered)
        {
            await PutAsync(17, BlockFormat.Write(one));
            await SizeAsync(17, one.Count);
            Assert.Contains(
                (await InspectAsync()).Faults,
                fault => fault.Contains("logins", StringComparison.OrdinalIgnoreCase)
            );
        }

        await PutAsync(17, contents);
        await SizeAsync(17, 8);
        Assert.Empty((await InspectAsync()).Faults);
    }

    [Fact]
    public async Task A_whole_block()
    {
        await RemoveAsync(17);

        Assert.Contains("Logins 17 to 24: removed.", (await InspectAsync()).Faults);
    }

    [Fact]
    public async Task The_first_block()
    {
        await RemoveAsync(1);

        Assert.Contains("Logins 1 to 8: removed.", (await InspectAsync()).Faults);
    }

    [Fact]
    public async Task The_newest_block_with_what_the_store_says_of_it()
    {
        await RemoveAsync(73);
        await HeadAsync(73);
        Assert.Contains("Logins 73 to 80: removed.", (await InspectAsync()).Faults);

        // Together with the checkpoint: only what was published shows it.
        await Log.SaveAsync(published[^2], Cancel);
        Assert.Empty((await InspectAsync()).Faults);
        Assert.Contains("has logins 73 to 80", (await InspectAsync(published)).Faults[0], Ordinal);
    }

    [Fact]
    public async Task What_is_put_behind_the_newest_is_not_under_a_checkpoint_and_the_next_one_is_not_made_of_it()
    {
        var entries = BlockFormat.Read(await ContentsAsync(73), 8).ToList();
        await ChangeAsync(db =>
            Block.InsertAsync(
                db,
                new Block(AuditChain.Logins, 81, 8, 0, entries[0].Id, NewId(), new byte[32]),
                BlockFormat.Write(entries)
            )
        );

        var inspection = await InspectAsync();
        Assert.Equal(8, inspection.AfterCheckpoint);
        Assert.NotEmpty(inspection.Faults);
    }

    [Fact]
    public async Task The_index_and_the_names_of_programs()
    {
        await ChangeAsync(db =>
            db.ExecuteAsync("DELETE FROM audit_found WHERE chain = 1 AND part <> 256 AND first = 33")
        );
        Assert.Contains((await InspectAsync()).Faults, fault => fault.StartsWith("The index lacks", Ordinal));

        Assert.Equal(1, await Database.RowsAsync("audit_agents"));
        await ChangeAsync(db => db.ExecuteAsync("UPDATE audit_agents SET agent = 'curl'"));
        Assert.Contains((await InspectAsync()).Faults, fault => fault.Contains("audit_agents", Ordinal));
    }

    [Fact]
    public async Task The_key_of_the_checkpoints_goes_over_to_a_new_master_key()
    {
        MasterKey fresh = new([.. Enumerable.Repeat((byte)7, MasterKey.Size)]);
        var old = (await Log.KeysAsync(Cancel))[^1];
        await new AuditSeal(Log, new MasterKeyRing(fresh, Masters.Current), RandomSource.System, Time).SealAsync(
            Cancel
        );

        var now = Assert.Single(await Log.KeysAsync(Cancel));
        Assert.Equal(old.Kid, now.Kid);
        Assert.Equal(old.Kid, CheckpointKey.Open(now, new MasterKeyRing(fresh)).Kid);

        // The other tests of this class have the old one.
        await Log.SaveKeyAsync(old, Cancel);
    }

    private static StringComparison Ordinal => StringComparison.Ordinal;

    private Task SealAsync() => new AuditSeal(Log, Masters, RandomSource.System, Time).SealAsync(Cancel);

    private async Task<AuditInspection> InspectAsync(IReadOnlyList<AuditCheckpoint>? others = null) =>
        await Log.InspectAsync(
            AuditCheckpoint.Read((await Log.CheckpointAsync(Cancel))!.Text)!.Value.State,
            [.. (others ?? []).Select(one => AuditCheckpoint.Read(one.Text)!.Value.State)],
            Cancel
        );

    private async Task<byte[]> ContentsAsync(long first) =>
        (
            await Store.Engine.ReadAsync(
                db =>
                    db.ListAsync(
                        "SELECT contents FROM audit_contents WHERE chain = 1 AND first = $1",
                        row => row.Bytes(0),
                        first
                    ),
                Cancel
            )
        )[0];

    private Task PutAsync(long first, byte[] contents) =>
        ChangeAsync(db =>
            db.ExecuteAsync("UPDATE audit_contents SET contents = $2 WHERE chain = 1 AND first = $1", first, contents)
        );

    private Task SizeAsync(long first, int size) =>
        ChangeAsync(db =>
            db.ExecuteAsync("UPDATE audit_blocks SET size = $2 WHERE chain = 1 AND first = $1", first, size)
        );

    private Task HeadAsync(long next) =>
        ChangeAsync(db =>
            db.ExecuteAsync(
                "UPDATE audit_chains SET next = $1, hash = (SELECT hash FROM audit_blocks WHERE chain = 1 "
                    + "ORDER BY first DESC LIMIT 1) WHERE chain = 1",
                next
            )
        );

    private Task RemoveAsync(long first) => ChangeAsync(db => Block.DeleteAsync(db, AuditChain.Logins, [first]));

    // As somebody would who knows the format, and has no key.
    private async Task ChainAgainAsync()
    {
        var hash = new byte[32];
        foreach (var block in await Store.Engine.ReadAsync(db => Block.FromAsync(db, AuditChain.Logins, 0), Cancel))
        {
            hash = BlockFormat
                .Read(await ContentsAsync(block.First), block.Size)
                .Aggregate(hash, (before, entry) => SealedEntry.Chain(before, entry.Hash()));
            await ChangeAsync(db =>
                db.ExecuteAsync("UPDATE audit_blocks SET hash = $2 WHERE chain = 1 AND first = $1", block.First, hash)
            );
        }
    }

    private Task ChangeAsync(Func<Db, Task> change) => Store.Engine.WriteAsync(change, Cancel);
}

public sealed class Altered_log_on_SQLite(SqliteDatabase database)
    : AlteredLogTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Altered_log_on_PostgreSQL(PostgresDatabase database)
    : AlteredLogTests(database),
        IClassFixture<PostgresDatabase>;

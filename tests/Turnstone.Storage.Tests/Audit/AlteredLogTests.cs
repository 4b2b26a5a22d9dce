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

    /// <summary>The server that ran all the time.</summary>
    private AuditSeal Seal => field ??= new(Log, Masters, RandomSource.System, Time);

    public async ValueTask InitializeAsync()
    {
        foreach (var table in new[] { "", "_blocks", "_contents", "_found", "_agents", "_keys", "_checkpoints" })
        {
            await ChangeAsync(db => db.ExecuteAsync($"DELETE FROM audit{table}"));
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
        byte[] altered = [.. Written(entries)[..^32], .. contents[^32..]];
        await PutAsync(17, altered);

        var fault = Assert.Single((await InspectAsync()).Faults, fault => !fault.Contains("index", Ordinal));
        Assert.StartsWith("Logins 20 of ", fault, Ordinal);
        Assert.EndsWith("is not what was sealed: it was changed or put in.", fault, Ordinal);
    }

    [Fact]
    public async Task An_entry_that_is_another_is_named_after_its_block_was_merged_with_others()
    {
        await AppendAsync();
        var contents = await ContentsAsync(81);
        var entry = BlockFormat.Read(contents, 1).Single() with { Account = NewId() };
        await PutAsync(81, [.. Written([entry])[..^4], .. contents[^4..]]);
        while ((await ContentsAsync(81)).Length < 2 * contents.Length)
        {
            await AppendAsync();
        }

        Assert.Contains(
            (await InspectAsync()).Faults,
            fault => fault.StartsWith("Logins 81 of ", Ordinal) && fault.EndsWith("changed or put in.", Ordinal)
        );

        async Task AppendAsync()
        {
            await Store.Audit.AppendAsync(Entry(AuditEvent.Login, NewId()), Cancel);
            await Log.SealAsync(Cancel);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entry_that_is_another_with_all_hashes_of_its_block_made_again(bool chainToo)
    {
        var entries = BlockFormat.Read(await ContentsAsync(17), 8).ToList();
        entries[3] = entries[3] with { At = entries[3].At + 1 };
        await PutAsync(17, Written(entries));
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
            await PutAsync(17, Written(one));
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
        await Log.PutAsync(published[^2], Cancel);
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
                Written(entries)
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
        await SealAsync(new AuditSeal(Log, new MasterKeyRing(fresh, Masters.Current), RandomSource.System, Time));

        var now = Assert.Single(await Log.KeysAsync(Cancel));
        Assert.Equal(old.Kid, now.Kid);
        Assert.Equal(old.Kid, CheckpointKey.Open(now, new MasterKeyRing(fresh)).Kid);
    }

    [Fact]
    public async Task A_chain_that_was_made_again_as_a_whole_is_not_signed()
    {
        var entries = BlockFormat.Read(await ContentsAsync(17), 8).ToList();
        entries[3] = entries[3] with { At = entries[3].At + 1 };
        await PutAsync(17, Written(entries));
        await ChainAgainAsync();
        await HeadAsync(Entries + 1);

        await AssertRefusedAsync("What the store says of the end of logins");

        // Nor after something new was sealed behind it.
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, NewId()), Cancel);
        await AssertRefusedAsync("logins 81");

        // Until somebody has looked at it. Who has what was published still sees it.
        await Seal.AcceptAsync(Cancel);
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, NewId()), Cancel);
        await SealAsync();
        Assert.Empty(Seal.Faults);
        Assert.Empty((await InspectAsync()).Faults);
        Assert.Contains("The hash after logins 24", (await InspectAsync(published)).Faults[0], Ordinal);
    }

    [Fact]
    public async Task A_removed_end_is_not_signed_and_one_that_is_put_back_with_its_checkpoint_is_told_of()
    {
        await RemoveAsync(73);
        await HeadAsync(73);
        await AssertRefusedAsync("Logins 73 to 80: removed.");
        Assert.Null(Seal.PutBack);

        await Log.PutAsync(published[^2], Cancel);
        await SealAsync();
        Assert.Equal("logins to 80", Seal.PutBack);
    }

    [Fact]
    public async Task A_block_that_was_put_where_the_next_one_goes_is_in_the_way_until_somebody_has_looked()
    {
        await ChangeAsync(db =>
            Block.InsertAsync(
                db,
                new Block(AuditChain.Logins, 81, 1, 0, NewId(), NewId(), new byte[32]),
                Written([BlockFormat.Read(ContentsAsync(73).Result, 8).First()])
            )
        );
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, NewId()), Cancel);
        await AssertRefusedAsync("logins 81");

        await Seal.AcceptAsync(Cancel);
        await SealAsync();
        Assert.Equal((1, 83), await SignedAsync());
    }

    [Theory]
    [InlineData("UPDATE audit_checkpoints SET text = REPLACE(text, ' 81 ', ' 80 ')")]
    [InlineData("DELETE FROM audit_checkpoints")]
    [InlineData("DELETE FROM audit_keys")]
    public async Task Without_its_checkpoint_or_its_key_nothing_is_signed(string sql)
    {
        await ChangeAsync(db => db.ExecuteAsync(sql));
        var server = new AuditSeal(Log, Masters, RandomSource.System, Time);
        await SealAsync(server);

        Assert.Contains("The newest checkpoint is gone", Assert.Single(server.Faults), Ordinal);
        await server.AcceptAsync(Cancel);
        await SealAsync(server);
        Assert.Empty(server.Faults);
    }

    [Fact]
    public async Task A_beginning_is_given_up_only_when_its_time_is_over()
    {
        await ChangeAsync(db =>
            db.ExecuteAsync(
                "UPDATE audit_chains SET first = 17, "
                    + "base = (SELECT hash FROM audit_blocks WHERE chain = 1 AND first = 9) WHERE chain = 1"
            )
        );
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, NewId()), Cancel);
        await SealAsync();
        Assert.Equal((1, 82), await SignedAsync());

        await Seal.SealAsync(_ => Time.Now, Cancel);
        Assert.Equal((17, 82), await SignedAsync());

        // What stands there of the time of its entries is not believed.
        await ChangeAsync(db => db.ExecuteAsync("UPDATE audit_chains SET first = 25 WHERE chain = 1"));
        await Seal.SealAsync(_ => Time.Now, Cancel);
        Assert.Contains("of the beginning of logins", Assert.Single(Seal.Faults), Ordinal);
    }

    [Fact]
    public async Task What_stands_beside_a_block_of_its_times_does_not_let_it_be_removed()
    {
        await ChangeAsync(db => db.ExecuteAsync("UPDATE audit_blocks SET highest = $1", Guid.Empty));
        await Log.SweepAsync(AuditChain.Logins, Time.Now.AddDays(-400), 500, Cancel);
        await SealAsync();

        Assert.Equal((1, 81), await SignedAsync());
    }

    [Fact]
    public async Task A_block_without_entries()
    {
        await ChangeAsync(db => Block.InsertAsync(db, Empty(81), [1, 0, 0]));

        Assert.Contains((await InspectAsync()).Faults, fault => fault.EndsWith("has no entries.", Ordinal));

        static Block Empty(long first) => new(AuditChain.Logins, first, 0, 0, Guid.Empty, Guid.Empty, new byte[32]);
    }

    private static StringComparison Ordinal => StringComparison.Ordinal;

    private Task SealAsync(AuditSeal? seal = null) =>
        (seal ?? Seal).SealAsync(_ => Time.Now - new Retention().Audit, Cancel);

    // By the server that ran all the time, and by one that was started again.
    private async Task AssertRefusedAsync(string fault)
    {
        var before = (await Log.CheckpointAsync(Cancel))!.Text;
        foreach (var seal in new[] { Seal, new AuditSeal(Log, Masters, RandomSource.System, Time) })
        {
            await SealAsync(seal);
            Assert.Contains(fault, string.Join(' ', seal.Faults), Ordinal);
            Assert.Equal(before, (await Log.CheckpointAsync(Cancel))!.Text);
        }
    }

    private async Task<(long First, long Next)> SignedAsync()
    {
        var stated = AuditCheckpoint.Read((await Log.CheckpointAsync(Cancel))!.Text)!.Value.State;
        var logins = stated.Chains.First(chain => chain.Chain is AuditChain.Logins);
        return (logins.First, logins.Next);
    }

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

    private static byte[] Written(IReadOnlyList<SealedEntry> entries) =>
        BlockFormat.Write(entries, entries.Select(entry => BlockInput.Prefix(entry.Hash())));

    private Task ChangeAsync(Func<Db, Task> change) => Store.Engine.WriteAsync(change, Cancel);
}

public sealed class Altered_log_on_SQLite(SqliteDatabase database)
    : AlteredLogTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Altered_log_on_PostgreSQL(PostgresDatabase database)
    : AlteredLogTests(database),
        IClassFixture<PostgresDatabase>;

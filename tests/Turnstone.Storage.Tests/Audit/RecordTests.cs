using Turnstone.Audit;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Audit;

public abstract class RecordTests(TestDatabase database) : StoreTest(database)
{
    // Sooner than a write that waits is given up.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task An_entry_is_read_as_it_was_written()
    {
        var entry = Entry(AuditEvent.LoginFailed, NewId()) with
        {
            Refused = RefusalCode.InvalidCredentials,
            ClientId = "shop",
            ApiKeyId = NewId(),
            SessionId = new SessionId(NewId()),
            Contract = "auth",
            Detail = "third time",
        };
        await Store.Audit.AppendAsync(entry, Cancel);

        var read = Assert.Single(await Store.Audit.ReadAsync(new AuditQuery { AccountId = entry.AccountId }, Cancel));
        Assert.NotNull(read.Id);
        Assert.Equal(entry, read with { Id = null });
    }

    [Fact]
    public async Task Entries_are_read_newest_first_and_narrowed_by_who_what_and_when()
    {
        var account = NewId();
        var began = Time.Now;
        for (var i = 0; i < 6; i++)
        {
            await Store.Audit.AppendAsync(
                Entry(i % 2 == 0 ? AuditEvent.Login : AuditEvent.CodeMinted, account) with
                {
                    ClientId = $"client {account} {i}",
                },
                Cancel
            );
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        var all = await Store.Audit.ReadAsync(new AuditQuery { AccountId = account }, Cancel);
        Assert.Equal(all.OrderByDescending(entry => entry.At), all);
        Assert.Equal(6, all.Count);
        Assert.Equal(
            3,
            (
                await Store.Audit.ReadAsync(
                    new AuditQuery { AccountId = account, Event = AuditEvent.CodeMinted },
                    Cancel
                )
            ).Count
        );
        Assert.Equal(
            2,
            (
                await Store.Audit.ReadAsync(new AuditQuery { AccountId = account, Since = began.AddMinutes(4) }, Cancel)
            ).Count
        );
        Assert.Equal(
            all.Take(2),
            await Store.Audit.ReadAsync(new AuditQuery { AccountId = account, Limit = 2 }, Cancel)
        );
        Assert.Single(await Store.Audit.ReadAsync(new AuditQuery { ClientId = $"client {account} 3" }, Cancel));
    }

    [Fact]
    public async Task An_owner_reads_what_concerns_its_clients_beside_its_own_and_nobody_elses()
    {
        var (owner, user) = (NewId(), NewId());
        var client = $"client {owner}";
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, owner), Cancel);
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, user), Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));
        await Store.Audit.AppendAsync(Entry(AuditEvent.ClientChanged, owner) with { ClientId = client }, Cancel);
        Time.Advance(TimeSpan.FromMinutes(1));
        await Store.Audit.AppendAsync(
            Entry(AuditEvent.RefreshReuse, user) with
            {
                ClientId = client,
                Refused = RefusalCode.TokenReused,
            },
            Cancel
        );
        await Store.Audit.AppendAsync(Entry(AuditEvent.Login, user) with { ClientId = "another" }, Cancel);

        var query = new AuditQuery { AccountId = owner, OwnedClients = [client] };
        var all = await Store.Audit.ReadAsync(query, Cancel);
        Assert.Equal(
            [AuditEvent.RefreshReuse, AuditEvent.ClientChanged, AuditEvent.Login],
            all.Select(entry => entry.Event)
        );
        Assert.Equal(all.Skip(1), await Store.Audit.ReadAsync(query with { Before = all[0].Id }, Cancel));
        Assert.Equal(all.Take(2), await Store.Audit.ReadAsync(query with { Limit = 2 }, Cancel));
        Assert.Equal(all.Take(1), await Store.Audit.ReadAsync(query with { Refused = true }, Cancel));
        Assert.Equal(all.Skip(1), await Store.Audit.ReadAsync(query with { Refused = false }, Cancel));
        Assert.Equal(
            all.Skip(1),
            await Store.Audit.ReadAsync(query with { Events = [AuditEvent.Login, AuditEvent.ClientChanged] }, Cancel)
        );
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Store.Audit.ReadAsync(new AuditQuery { OwnedClients = [client] }, Cancel)
        );
    }

    [Fact]
    public async Task Old_entries_that_nobody_has_sealed_are_removed_a_few_at_a_time()
    {
        Time.Advance(TimeSpan.FromDays(1));
        var before = Time.Now;
        await SweepAsync(before, 10_000);
        for (var i = 0; i < 5; i++)
        {
            await Store.Audit.AppendAsync(Entry(), Cancel);
        }

        Time.Advance(TimeSpan.FromDays(1));
        await Store.Audit.AppendAsync(Entry(), Cancel);

        Assert.Equal(3, await SweepAsync(Time.Now, 3));
        Assert.Equal(2, await SweepAsync(Time.Now, 3));
        Assert.Equal(1, await Database.RowsAsync("audit"));
    }

    private Task<int> SweepAsync(DateTimeOffset before, int limit) =>
        Store.Audit.SweepAsync(AuditChain.Acts, before, limit, Cancel);

    [Fact]
    public async Task Counts_are_gathered_by_holder_day_and_outcome()
    {
        var holder = UsageHolder.Of("shop", null, null);
        var today = DateOnly.FromDateTime(Time.Now.UtcDateTime);
        await using var other = Database.Open();
        Parallel.For(0, 1000, i => (i % 2 == 0 ? Store : other).Usage.Count(holder, UsageOutcome.Refresh));
        Store.Usage.Count(holder, UsageOutcome.Login);
        await other.FlushAsync(Cancel);
        await Store.FlushAsync(Cancel);

        Assert.Equal(
            [new UsageRow(today, UsageOutcome.Login, 1), new UsageRow(today, UsageOutcome.Refresh, 1000)],
            await Store.Usage.ReadAsync(holder, today, today, Cancel)
        );
        Assert.Empty(await Store.Usage.ReadAsync(holder, today.AddDays(1), today.AddDays(2), Cancel));
        Assert.Equal(2, await Database.NumberAsync("SELECT COUNT(*) FROM usage_counts WHERE holder = 'client:shop'"));
    }

    [Fact]
    public async Task The_record_and_the_counts_are_read_while_nothing_can_be_written()
    {
        var client = $"client {NewId()}";
        var (holder, today) = (UsageHolder.Of(client, null, null), DateOnly.FromDateTime(Time.Now.UtcDateTime));
        var query = new AuditQuery { ClientId = client };
        await Store.Audit.AppendAsync(Issue("stored"), Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));
        await using var blocked = await Database.BlockWritesAsync();
        Note("192.0.2.1");
        var flush = Store.FlushAsync(Cancel);
        Note("192.0.2.2");

        var record = await ReadAsync(query);
        var counts = await Store.Usage.ReadAsync(holder, today, today, Cancel).WaitAsync(Soon, Cancel);

        Assert.False(flush.IsCompleted);
        Assert.Equal([(today, UsageOutcome.Login, 2L)], counts.Select(row => (row.Day, row.Outcome, row.Count)));
        Assert.Equal(["issued", "issued", "stored"], record.Select(entry => entry.Detail));
        Assert.Equal(record.Skip(1), await ReadAsync(query with { Before = record[0].Id }));
        Assert.Equal(record.Take(2), await ReadAsync(query with { Since = Time.Now }));
        Assert.Equal(record.Skip(2), await ReadAsync(query with { Until = Time.Now }));
        Assert.Equal(record, await ReadAsync(query with { Event = AuditEvent.Login, Refused = false }));
        Assert.Empty(await ReadAsync(query with { Event = AuditEvent.LoginFailed }));
        Assert.Empty(await ReadAsync(query with { Events = [AuditEvent.LoginFailed] }));
        Assert.Empty(await ReadAsync(query with { Refused = true }));
        Assert.Empty(await ReadAsync(query with { AccountId = NewId() }));
        Assert.Empty(await ReadAsync(query with { ActorId = NewId() }));
        Assert.Equal(record, await ReadAsync(query with { AccountId = NewId(), OwnedClients = [client] }));

        await blocked.DisposeAsync();
        await flush;
        await Store.FlushAsync(Cancel);
        Assert.Equal(["issued", "issued", "stored"], (await ReadAsync(query)).Select(entry => entry.Detail));
        Assert.Equal(3, await Database.NumberAsync($"SELECT COUNT(*) FROM audit WHERE client_id = '{client}'"));
        Assert.Equal(2, Assert.Single(await Store.Usage.ReadAsync(holder, today, today, Cancel)).Count);

        AuditEntry Issue(string detail) => Entry() with { ClientId = client, Detail = detail };

        void Note(string network)
        {
            Store.Audit.NoteIssue(Issue("issued") with { Caller = new Caller(network) });
            Store.Usage.Count(holder, UsageOutcome.Login);
        }
    }

    private async Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditQuery query) =>
        await Store.Audit.ReadAsync(query, Cancel).WaitAsync(Soon, Cancel);

    [Fact]
    public async Task Counts_that_were_not_written_yet_are_written_at_the_end()
    {
        var holder = UsageHolder.Of("last", null, null);
        var today = DateOnly.FromDateTime(Time.Now.UtcDateTime);
        var ending = Database.Open();
        ending.Usage.Count(holder, UsageOutcome.Refresh);
        await ending.DisposeAsync();

        Assert.Equal(1, Assert.Single(await Store.Usage.ReadAsync(holder, today, today, Cancel)).Count);
    }
}

public sealed class Record_on_SQLite(SqliteDatabase database) : RecordTests(database), IClassFixture<SqliteDatabase>;

public sealed class Record_on_PostgreSQL(PostgresDatabase database)
    : RecordTests(database),
        IClassFixture<PostgresDatabase>;

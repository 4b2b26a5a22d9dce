using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage.Journal;

namespace Turnstone.Storage.Tests.Journal;

/// <summary>
/// A store that was put back from a copy is told by the journal what it has forgotten: nothing that has ended goes on,
/// and nothing that has not ended is ended.
/// </summary>
public abstract class JournalTests : StoreTest, IAsyncLifetime
{
    private readonly TestDatabase database;
    private readonly string folder;

    protected JournalTests(TestDatabase database)
        : base(database)
    {
        this.database = database;
        folder = System.IO.Directory.CreateTempSubdirectory("turnstone-journal-").FullName;
        database.Journal = Path.Combine(folder, "journal");
    }

    public async ValueTask InitializeAsync()
    {
        await database.ReopenAsync();
        await StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Nobody_is_answered_before_what_has_ended_is_in_the_journal()
    {
        using var clock = new HeldJournal(Time);
        await using var store = Store.Open(
            new StoreOptions
            {
                ConnectionString = database.ConnectionString,
                JournalFolder = database.Journal,
                DatabaseClock = Time,
            },
            clock,
            RandomSource.System
        );
        var session = await GivenSessionAsync();
        clock.Hold();

        var ending = store.Sessions.EndAsync(session.Id, RevocationReason.Logout, Entry(), Cancel);
        await clock.Reached;

        // It is committed, and others are answered meanwhile.
        Assert.NotNull((await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedAt);
        await store.Audit.AppendAsync(Entry(), Cancel);
        Assert.False(ending.IsCompleted);
        Assert.False(IsNoted(session));
        clock.Release();
        Assert.True((await ending).IsCommitted);
        Assert.True(IsNoted(session));
    }

    [Fact]
    public async Task Whatever_ended_after_the_copy_has_ended_in_it_too_and_nothing_else_has()
    {
        var (account, client, key) = (
            (await GivenAccountAsync()).Id,
            (await GivenClientAsync()).Id,
            (await GivenApiKeyAsync()).Id
        );
        Session[] ended =
        [
            await GivenSessionAsync(),
            await GivenSessionAsync(),
            await GivenSessionAsync(account),
            await GivenSessionAsync(client: client),
            await GivenSessionAsync(apiKey: key),
        ];
        var live = await GivenSessionAsync();
        var copy = await database.CopyAsync();
        var (late, lateLive, own) = (await GivenSessionAsync(), await GivenSessionAsync(), NewSession().Id);
        await EndAsync(ended[0]);
        await RefreshAsync(ended[1], 0);
        await RefreshAsync(ended[1], 1);
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(RotationKind.Reuse, (await RefreshAsync(ended[1], 0)).Kind);
        await EndAllAsync(SessionHolder.Account(account));
        await EndAllAsync(SessionHolder.Client(client));
        await EndAllAsync(SessionHolder.ApiKey(key));
        await EndAsync(late);
        await OpenAsync(EndedSession.Of(own, "shop", RevocationReason.Logout, Time.Now, Time.Now.AddHours(1), Caller));
        await database.RestoreAsync(copy);

        var found = await StartAsync();

        Assert.True(found.StoreIsOlder);
        Assert.Equal(7, found.Repeated);
        foreach (var session in (Session[])[.. ended, late])
        {
            Assert.False((await RefreshAsync(session, 0)).Grants);
        }

        Assert.Equal(RotationKind.Advance, (await RefreshAsync(live, 0)).Kind);
        Assert.Null(await Store.Sessions.FindAsync(lateLive.Id, Cancel));
        var revoked = (await Store.Sessions.RevokedAfterAsync(null, Cancel)).Revoked;
        Assert.Equal("shop", revoked.Single(one => one.Id == own).OwnTokenOf);
        Assert.Contains(revoked, one => one.Id == late.Id);
        var again = (await ForgotAsync()).Where(entry => entry.Detail!.StartsWith("all of", StringComparison.Ordinal));
        Assert.Single(again, entry => entry.AccountId == account);
        Assert.Single(again, entry => entry.ClientId == client);
        Assert.Single(again, entry => entry.ApiKeyId == key);
        Assert.Contains(
            await ForgotAsync(),
            entry => entry.Detail!.Contains("7 revocations", StringComparison.Ordinal)
        );
        Assert.False((await StartAsync()).StoreIsOlder);
    }

    [Fact]
    public async Task A_mark_that_is_made_again_lets_live_what_was_opened_after_it()
    {
        var account = (await GivenAccountAsync()).Id;
        var copy = await database.CopyAsync();
        await EndAllAsync(SessionHolder.Account(account));
        var after = await GivenSessionAsync(account);
        var opened = (await Store.Sessions.FindAsync(after.Id, Cancel))!.OpenedAfter;
        await database.RestoreAsync(copy);

        await StartAsync();

        var again = new Preconditions { OpenedAfter = opened };
        Assert.True((await Store.Sessions.OpenAsync(after, again, Entry(), Cancel)).IsCommitted);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(after, 0)).Kind);
    }

    [Fact]
    public async Task A_second_restore_to_the_same_copy_loses_nothing_either()
    {
        var session = await GivenSessionAsync();
        var (first, second) = (await database.CopyAsync(), await database.CopyAsync());
        await EndAsync(session);
        foreach (var copy in new[] { first, second })
        {
            await database.RestoreAsync(copy);
            Assert.Equal(1, (await StartAsync()).Repeated);
            Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0)).Kind);
        }
    }

    /// <summary>What was committed just before a kill, and what a process without a journal has ended.</summary>
    [Fact]
    public async Task What_the_store_has_and_the_journal_lacks_is_written_down_at_the_next_start()
    {
        var (session, account) = (await GivenSessionAsync(), (await GivenAccountAsync()).Id);
        var held = await GivenSessionAsync(account);
        var copy = await database.CopyAsync();
        var (journal, _) = (database.Journal, database.Journal = null);
        await using (var without = database.Open())
        {
            await EndAsync(session, without);
            await EndAllAsync(SessionHolder.Account(account), without);
        }

        database.Journal = journal;
        await database.ReopenAsync();
        Assert.False((await StartAsync()).StoreIsOlder);
        await database.RestoreAsync(copy);

        Assert.Equal(2, (await StartAsync()).Repeated);

        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0)).Kind);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(held, 0)).Kind);
    }

    /// <summary>
    /// A client's own token is not among the newest sessions by which a store that went back is known.
    /// </summary>
    [Fact]
    public async Task A_store_of_another_history_is_told_everything_although_it_has_what_is_newest()
    {
        var copy = await database.CopyAsync();
        var own = NewSession().Id;
        await OpenAsync(EndedSession.Of(own, "shop", RevocationReason.Logout, Time.Now, Time.Now.AddHours(1), Caller));
        await Store.Journal.TendAsync(Cancel);
        await database.ForkAsync(copy);
        await database.RestoreAsync(copy);

        var found = await StartAsync();

        Assert.Equal((true, 1), (found.StoreIsOlder, found.Repeated));
        Assert.Contains((await Store.Sessions.RevokedAfterAsync(null, Cancel)).Revoked, ended => ended.Id == own);
        await database.ReopenAsync();
        Assert.Equal(0, (await StartAsync()).Repeated);
    }

    [Fact]
    public async Task A_node_writes_down_what_others_end_also_where_no_access_token_is_left()
    {
        var session = await GivenSessionAsync();
        var copy = await database.CopyAsync();
        var mine = database.Journal;
        database.Journal = Path.Combine(folder, "another node");
        await using (var other = database.Open())
        {
            Time.Advance(TimeSpan.FromMinutes(30));
            await EndAsync(session, other);
            database.Journal = mine;
            await Store.Journal.TendAsync(Cancel);
        }

        await database.RestoreAsync(copy);

        Assert.Equal(1, (await StartAsync()).Repeated);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0)).Kind);
    }

    [Fact]
    public async Task What_a_killed_process_left_half_written_is_passed_over()
    {
        var (before, after) = (await GivenSessionAsync(), await GivenSessionAsync());
        var copy = await database.CopyAsync();
        await EndAsync(before);
        var file = System.IO.Directory.GetFiles(database.Journal!).Order().Last();
        await using (var torn = File.Open(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            torn.Write([0xE5, 0x4A, 0, 49, 1, 2]);
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        await database.ReopenAsync();
        await EndAsync(after);
        await database.RestoreAsync(copy);

        var found = await StartAsync();

        Assert.Equal((2, 6), (found.Repeated, found.Damaged));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_holds_no_revocation_up_and_is_complete_once_it_can()
    {
        var (first, second) = (await GivenSessionAsync(), await GivenSessionAsync());
        var copy = await database.CopyAsync();
        System.IO.Directory.Move(database.Journal!, Path.Combine(folder, "away"));
        await File.WriteAllTextAsync(database.Journal!, "in the way", Cancel);
        await database.ReopenAsync();

        await EndAsync(first);
        await EndAsync(second);
        await Store.Journal.TendAsync(Cancel);
        Assert.NotNull(Store.Journal.Failure);
        Assert.NotNull(Store.Journal.Problem());

        File.Delete(database.Journal!);
        System.IO.Directory.Move(Path.Combine(folder, "away"), database.Journal!);
        await Store.Journal.TendAsync(Cancel);
        Assert.Null(Store.Journal.Failure);
        Assert.Null(Store.Journal.Problem());
        await database.RestoreAsync(copy);
        Assert.Equal(2, (await StartAsync()).Repeated);
    }

    [Fact]
    public async Task Its_files_are_its_owners_alone_and_a_folder_that_others_can_enter_is_a_problem()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no file modes.");
        await EndAsync(await GivenSessionAsync());

#pragma warning disable CA1416 // skipped there
        Assert.All(
            System.IO.Directory.GetFiles(database.Journal!),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
        Assert.Null(Store.Journal.Problem());
        File.SetUnixFileMode(database.Journal!, File.GetUnixFileMode(database.Journal!) | UnixFileMode.OtherRead);
#pragma warning restore CA1416
        Assert.NotNull(Store.Journal.Problem());
    }

    [Fact]
    public async Task What_no_copy_can_bring_back_any_more_leaves_it()
    {
        await EndAsync(await GivenSessionAsync());
        var longer = NewSession() with { RefreshExpiresAt = Time.Now.AddDays(30) };
        await OpenAsync(longer);
        var copy = await database.CopyAsync();
        await EndAsync(longer);
        await EndAllAsync(SessionHolder.Account(NewId()));
        for (var day = 0; day < 20; day++)
        {
            Time.Advance(TimeSpan.FromDays(1));
            await Store.Audit.AppendAsync(Entry(), Cancel);
            await database.ReopenAsync();
            await StartAsync();
        }

        Assert.InRange(System.IO.Directory.GetFiles(database.Journal!).Length, 20, 30);
        await Store.Journal.PruneAsync(Cancel);
        Assert.InRange(System.IO.Directory.GetFiles(database.Journal!).Length, 1, 3);
        Assert.InRange(Size(), 1, 1000);
        await database.RestoreAsync(copy);
        Assert.Equal(2, (await StartAsync()).Repeated);
        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(longer, 0)).Kind);

        Time.Advance(TimeSpan.FromDays(450));
        await StartAsync();
        await Store.Journal.PruneAsync(Cancel);

        // A clock that follows on no entry is believed after a day.
        Time.Advance(TimeSpan.FromDays(1));
        await Store.Journal.PruneAsync(Cancel);
        Assert.InRange(Size(), 1, 200);
    }

    /// <summary>The row of the copy says an earlier end than the refresh tokens that were issued since.</summary>
    [Fact]
    public async Task The_sweep_keeps_what_the_journal_ended_for_as_long_as_its_refresh_token_is_good()
    {
        var session = await GivenSessionAsync();
        var copy = await database.CopyAsync();
        Time.Advance(TimeSpan.FromMinutes(50));
        Assert.True((await RefreshAsync(session, 0)).Grants);
        await EndAsync(session);
        await database.RestoreAsync(copy);
        await StartAsync();

        var row = await Store.Sessions.FindAsync(session.Id, Cancel);
        Assert.Equal(session.RefreshExpiresAt + TimeSpan.FromMinutes(50), row!.RefreshExpiresAt);
    }

    /// <summary>A sweep that took it would make the store look older than its journal.</summary>
    [Fact]
    public async Task One_that_was_ended_by_itself_and_by_a_mark_stays_for_as_long_as_its_own_times_say()
    {
        var account = (await GivenAccountAsync()).Id;
        var session = NewSession(account) with { RefreshExpiresAt = Time.Now.AddDays(30) };
        await OpenAsync(session);
        await EndAsync(session);
        await EndAllAsync(SessionHolder.Account(account));
        Time.Advance(TimeSpan.FromDays(10));
        await Store.Sessions.SweepAsync(Time.Now.AddDays(-1), 1000, Cancel);

        await database.ReopenAsync();
        Assert.False((await StartAsync()).StoreIsOlder);
    }

    [Fact]
    public async Task A_store_in_use_that_has_no_journal_yet_says_from_when_on_nothing_is_known()
    {
        await GivenSessionAsync();
        database.Journal = Path.Combine(folder, "new");
        await database.ReopenAsync();

        var found = await StartAsync();

        Assert.True(found.Unknown);
        Assert.Equal(Time.Now, found.StoreFrom);
        Assert.Contains(
            await ForgotAsync(),
            entry => entry.Detail!.Contains($"revoked after {found.StoreFrom:u} is not known", StringComparison.Ordinal)
        );
        Assert.False((await StartAsync()).Unknown);
    }

    [Fact]
    public async Task Work_that_was_undone_is_not_in_it()
    {
        var session = await GivenSessionAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Store.Engine.WriteAsync<bool>(
                async db =>
                {
                    await Storage.Sessions.Revocations.EndOneAsync(db, session.Id, RevocationReason.Logout, Time.Now);
                    throw new InvalidOperationException("undone");
                },
                Cancel
            )
        );
        await EndAsync(await GivenSessionAsync());

        await database.ReopenAsync();
        Assert.False((await StartAsync()).StoreIsOlder);
        Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);
    }

    /// <summary>A failover that lost the last commits, while this process went on.</summary>
    [Fact]
    public async Task A_running_process_ends_again_what_it_does_not_have_in_memory()
    {
        var session = await GivenSessionAsync();
        Time.Advance(TimeSpan.FromMinutes(30));
        await EndAsync(session);
        await database.ExecuteAsync(
            database.ConnectionString,
            "UPDATE sessions SET revoked_at = NULL, revoked_for = NULL, revoked_number = NULL"
        );

        Assert.InRange(await Store.Sessions.RepeatEndsAsync([], Cancel), 1, 100);

        Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0)).Kind);
    }

    private Task<JournalStart> StartAsync() => Store.Journal.StartAsync(Cancel);

    private bool IsNoted(Session session) =>
        new JournalFiles(System.IO.Directory.GetFiles(database.Journal!))
            .Entries()
            .OfType<EndedEntry>()
            .Any(entry => entry.Ended.Id == session.Id);

    private long Size() => System.IO.Directory.GetFiles(database.Journal!).Sum(file => new FileInfo(file).Length);

    private Task<IReadOnlyList<AuditEntry>> ForgotAsync() =>
        Store.Audit.ReadAsync(new AuditQuery { Event = AuditEvent.StoreForgot }, Cancel);

    private async Task EndAsync(Session session, Store? store = null) =>
        Assert.True(
            await CommittedAsync(
                (store ?? Store).Sessions.EndAsync(session.Id, RevocationReason.Logout, Entry(), Cancel)
            )
        );

    private async Task EndAllAsync(SessionHolder holder, Store? store = null) =>
        Assert.True(
            await CommittedAsync(
                (store ?? Store).Sessions.EndAllAsync(holder, RevocationReason.ByOwner, Entry(), Cancel)
            )
        );
}

public sealed class Journal_on_SQLite(SqliteDatabase database) : JournalTests(database), IClassFixture<SqliteDatabase>;

public sealed class Journal_on_PostgreSQL(PostgresDatabase database)
    : JournalTests(database),
        IClassFixture<PostgresDatabase>;

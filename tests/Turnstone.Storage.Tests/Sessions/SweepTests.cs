using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

public abstract class SweepTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task Only_sessions_whose_tokens_are_all_dead_are_removed_a_few_at_a_time()
    {
        var dead = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => GivenSessionAsync()));
        var revoked = await GivenSessionAsync();
        await Store.Sessions.EndAsync(revoked.Id, RevocationReason.Logout, Entry(), Cancel);
        Time.Advance(TimeSpan.FromMinutes(30));
        var alive = await GivenSessionAsync();
        var longAccess = NewSession() with { AccessExpiresAt = Time.Now.AddDays(30) };
        await Store.Sessions.OpenAsync(longAccess, new Preconditions(), Entry(), Cancel);

        // A revoked one stays for as long as its refresh token could open it again.
        Assert.Equal(0, await Store.Sessions.SweepAsync(Time.Now, 10, Cancel));
        Assert.NotNull(await Store.Sessions.FindAsync(revoked.Id, Cancel));
        Time.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(10, await Store.Sessions.SweepAsync(Time.Now, 10, Cancel));
        Assert.Equal(10, await Store.Sessions.SweepAsync(Time.Now, 10, Cancel));
        Assert.Equal(6, await Store.Sessions.SweepAsync(Time.Now, 10, Cancel));
        Assert.Equal(0, await Store.Sessions.SweepAsync(Time.Now, 10, Cancel));

        Assert.NotNull(await Store.Sessions.FindAsync(alive.Id, Cancel));
        Assert.NotNull(await Store.Sessions.FindAsync(longAccess.Id, Cancel));
        Assert.Null(await Store.Sessions.FindAsync(dead[0].Id, Cancel));
    }

    [Fact]
    public async Task A_round_goes_on_for_as_long_as_there_is_more()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => GivenSessionAsync()));
        var (sessions, codes, audit, accounts) = (
            await Database.RowsAsync("sessions"),
            await Database.RowsAsync("codes"),
            await Database.RowsAsync("audit"),
            await Database.RowsAsync("accounts")
        );
        Time.Advance(TimeSpan.FromDays(500));

        var swept = await Store.Upkeep.SweepAsync(new Retention { Step = 3 }, Cancel);

        Assert.Equal(new Swept(true, (int)sessions, (int)codes, (int)audit, (int)accounts, 0, 0), swept);
    }

    /// <summary>SQLite has one writer: a round must not keep it until its end.</summary>
    [Fact]
    public async Task A_round_lets_others_write_between_its_steps()
    {
        await RemoveAllAsync();
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => GivenSessionAsync()));
        Time.Advance(TimeSpan.FromDays(500));

        var (written, round) = (0, Store.Upkeep.SweepAsync(new Retention { Step = 20 }, Cancel));
        while (!round.IsCompleted)
        {
            await Store.Audit.AppendAsync(Entry(), Cancel);
            written++;
        }

        Assert.InRange((await round).Sessions, 2_000, int.MaxValue);
        Assert.InRange(written, 20, int.MaxValue);
    }

    [Fact]
    public async Task A_round_of_upkeep_removes_what_is_dead_in_every_table_once()
    {
        await GivenSessionAsync();
        await GivenAccountAsync();
        await Store.Codes.AddAsync(
            new OneTimeCode
            {
                Hash = NewHash(),
                Contract = "auth",
                AccountId = NewId(),
                AccountEpoch = 0,
                ExpiresAt = Time.Now.AddMinutes(1),
            },
            Entry(),
            Cancel
        );
        var entries = await Database.RowsAsync("audit");
        var sessions = await Database.RowsAsync("sessions");
        var codes = await Database.RowsAsync("codes");
        var accounts = await Database.RowsAsync("accounts");
        Time.Advance(TimeSpan.FromDays(500));
        await Store.Audit.AppendAsync(Entry(), Cancel);

        var swept = await Store.Upkeep.SweepAsync(new Retention(), Cancel);

        Assert.Equal(new Swept(true, (int)sessions, (int)codes, (int)entries, (int)accounts, 0, 0), swept);
        Assert.Equal(1, await Database.RowsAsync("audit"));
        Assert.Equal(new Swept(true, 0, 0, 0, 0, 0, 0), await Store.Upkeep.SweepAsync(new Retention(), Cancel));
    }

    [Fact]
    public async Task What_is_young_is_kept_in_every_table()
    {
        await RemoveAllAsync();
        var account = await GivenAccountAsync();
        await GivenSessionAsync(account.Id);
        await GivenCodeAsync(account);
        await GivenAccountAsync();
        Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(new Swept(true, 0, 0, 0, 0, 0, 0), await Store.Upkeep.SweepAsync(new Retention(), Cancel));

        await RemoveAllAsync();
    }

    private async Task RemoveAllAsync()
    {
        Time.Advance(TimeSpan.FromDays(500));
        await Store.Upkeep.SweepAsync(new Retention(), Cancel);
    }
}

public sealed class Sweep_on_SQLite(SqliteDatabase database) : SweepTests(database), IClassFixture<SqliteDatabase>;

public sealed class Sweep_on_PostgreSQL(PostgresDatabase database)
    : SweepTests(database),
        IClassFixture<PostgresDatabase>;

using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Directory;

public abstract class DelegationStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task What_was_noted_is_known_at_once_and_after_it_was_written()
    {
        var (account, began) = (NewId(), Time.Now);
        Note(account, "agent", minutes: 10);
        Time.Advance(TimeSpan.FromMinutes(1));
        Note(account, "agent", minutes: 5);
        Note(account, "other", minutes: 5);
        Note(NewId(), "agent", minutes: 5);

        await CheckAsync();
        await Store.FlushAsync(Cancel);
        await CheckAsync();

        async Task CheckAsync()
        {
            var acting = await Store.Delegations.ListAsync(account, Cancel);
            Assert.Equal(["other", "agent"], acting.Select(one => one.ClientId));
            Assert.Equal(
                (began, Time.Now, began.AddMinutes(10)),
                (acting[1].Since, acting[1].LastUsedAt, acting[1].EndsAt)
            );
        }
    }

    [Fact]
    public async Task After_a_pause_it_begins_anew()
    {
        var account = NewId();
        Note(account, "agent", minutes: 5);
        await Store.FlushAsync(Cancel);
        Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(await Store.Delegations.ListAsync(account, Cancel));

        Note(account, "agent", minutes: 5);
        await Store.FlushAsync(Cancel);

        Assert.Equal(Time.Now, Assert.Single(await Store.Delegations.ListAsync(account, Cancel)).Since);
    }

    [Theory]
    [InlineData(HolderKind.Delegation)]
    [InlineData(HolderKind.Consent)]
    [InlineData(HolderKind.Client)]
    [InlineData(HolderKind.Account)]
    public async Task Whom_a_mark_has_stopped_acts_no_longer(HolderKind kind)
    {
        var account = NewId();
        Note(account, "agent", minutes: 5);
        await Store.FlushAsync(Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));
        var holder = kind switch
        {
            HolderKind.Delegation => SessionHolder.Delegation(account, "agent"),
            HolderKind.Consent => SessionHolder.Consent(account, "agent"),
            HolderKind.Client => SessionHolder.Client("agent"),
            _ => SessionHolder.Account(account),
        };

        await Store.Sessions.EndAllAsync(holder, RevocationReason.ByOwner, Entry(), Cancel);
        await Store.Delegations.EndAsync(account, "agent", Cancel);

        Assert.Empty(await Store.Delegations.ListAsync(account, Cancel));
        Time.Advance(TimeSpan.FromSeconds(1));
        Note(account, "agent", minutes: 5);
        Assert.Equal(Time.Now, Assert.Single(await Store.Delegations.ListAsync(account, Cancel)).Since);
    }

    private void Note(Guid account, string client, int minutes) =>
        Store.Delegations.NoteUse(
            new Delegation(account, client, Scopes.Of(["a"]), Time.Now, Time.Now, Time.Now.AddMinutes(minutes))
        );
}

public sealed class DelegationStore_on_SQLite(SqliteDatabase database)
    : DelegationStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class DelegationStore_on_PostgreSQL(PostgresDatabase database)
    : DelegationStoreTests(database),
        IClassFixture<PostgresDatabase>;

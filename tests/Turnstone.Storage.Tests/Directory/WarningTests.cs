using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Storage.Tests.Directory;

/// <summary>Which API keys' owners are to be warned of the freeze, and that each is warned once a freeze.</summary>
public abstract class WarningTests(TestDatabase database) : StoreTest(database)
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(14);

    [Fact]
    public async Task Keys_that_freeze_soon_are_named_soonest_first_and_no_more_than_asked_for()
    {
        Time.Advance(TimeSpan.FromDays(365)); // past the keys of other tests
        var account = await GivenAccountAsync();
        var third = await GivenKeyAsync(account, days: 13);
        var first = await GivenKeyAsync(account, days: 1);
        var second = await GivenKeyAsync(account, days: 5);
        await GivenKeyAsync(account, days: 14);

        Assert.Equal([first.Id, second.Id, third.Id], await ToWarnAsync(account));
        Assert.Equal(
            [first.Id, second.Id],
            (await Store.ApiKeys.ToWarnAsync(Time.Now + Ahead, 2, Cancel)).Select(key => key.Id)
        );
    }

    [Fact]
    public async Task A_key_that_is_revoked_frozen_or_rolled_needs_no_warning()
    {
        var account = await GivenAccountAsync();
        await GivenKeyAsync(account, days: 0);
        var revoked = await GivenKeyAsync(account);
        await Store.ApiKeys.SaveAsync(revoked with { RevokedAt = Time.Now }, Entry(AuditEvent.ApiKeyRevoked), Cancel);
        var rolled = await GivenKeyAsync(account);
        var successor = NewApiKey(account.Id);
        Assert.True(
            (
                await Store.ApiKeys.RollAsync(
                    rolled with
                    {
                        SuccessorId = successor.Id,
                        OverlapEndsAt = Time.Now.AddDays(1),
                    },
                    successor,
                    Entry(AuditEvent.ApiKeyRolled),
                    Cancel
                )
            ).IsCommitted
        );

        Assert.Empty(await ToWarnAsync(account));
    }

    [Fact]
    public async Task An_owner_is_warned_of_a_freeze_once_and_of_the_next_one_anew()
    {
        var key = await GivenKeyAsync(await GivenAccountAsync());
        Assert.True((await Store.ApiKeys.NoteWarnedAsync(key.Id, key.FreezesAt, Cancel)).IsCommitted);
        Assert.False((await Store.ApiKeys.NoteWarnedAsync(key.Id, key.FreezesAt, Cancel)).IsCommitted);
        Assert.Empty(await ToWarnAsync(key));
        Assert.Equal(key.FreezesAt, (await Store.ApiKeys.FindAsync(key.Id, Cancel))!.WarnedFor);

        var renewed = key with { FreezesAt = key.FreezesAt.AddDays(1) };
        Assert.True((await Store.ApiKeys.SaveAsync(renewed, Entry(AuditEvent.ApiKeyRenewed), Cancel)).IsCommitted);

        Assert.Equal([key.Id], await ToWarnAsync(key));
        Assert.True((await Store.ApiKeys.NoteWarnedAsync(key.Id, renewed.FreezesAt, Cancel)).IsCommitted);
    }

    [Fact]
    public async Task Of_many_nodes_that_warn_at_once_one_does()
    {
        var key = await GivenKeyAsync(await GivenAccountAsync());
        await using var other = Database.Open();

        var noted = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(i => (i % 2 == 0 ? Store : other).ApiKeys.NoteWarnedAsync(key.Id, key.FreezesAt, Cancel))
        );

        Assert.Single(noted, first => first.IsCommitted);
    }

    [Fact]
    public async Task A_warning_of_a_freeze_that_was_moved_meanwhile_is_not_noted()
    {
        var key = await GivenKeyAsync(await GivenAccountAsync());
        var renewed = key with { FreezesAt = key.FreezesAt.AddDays(90), Name = "renewed" };
        Assert.True((await Store.ApiKeys.SaveAsync(renewed, Entry(AuditEvent.ApiKeyRenewed), Cancel)).IsCommitted);

        Assert.False((await Store.ApiKeys.NoteWarnedAsync(key.Id, key.FreezesAt, Cancel)).IsCommitted);
        Assert.Equivalent(renewed with { Revision = 2 }, await Store.ApiKeys.FindAsync(key.Id, Cancel), strict: true);
    }

    [Fact]
    public async Task A_save_on_an_older_sight_of_a_key_does_not_undo_the_warning_nor_a_warning_the_save()
    {
        var key = await GivenKeyAsync(await GivenAccountAsync());
        Assert.True((await Store.ApiKeys.NoteWarnedAsync(key.Id, key.FreezesAt, Cancel)).IsCommitted);
        var renamed = key with { Name = "renamed", Scopes = Scopes.Of(["openid"]) };
        Assert.True((await Store.ApiKeys.SaveAsync(renamed, Entry(), Cancel)).IsCommitted);

        Assert.Equivalent(
            renamed with
            {
                Revision = 2,
                WarnedFor = key.FreezesAt,
            },
            await Store.ApiKeys.FindAsync(key.Id, Cancel),
            strict: true
        );
        Assert.Empty(await ToWarnAsync(key));
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_not_noted() =>
        Assert.False((await Store.ApiKeys.NoteWarnedAsync(NewId(), Time.Now, Cancel)).IsCommitted);

    private async Task<ApiKey> GivenKeyAsync(Account account, int days = 7)
    {
        var key = NewApiKey(account.Id) with { FreezesAt = Time.Now.AddDays(days) };
        Assert.True((await Store.ApiKeys.SaveAsync(key, Entry(AuditEvent.ApiKeyCreated), Cancel)).IsCommitted);
        return key with { Revision = 1 };
    }

    private async Task<IEnumerable<Guid>> ToWarnAsync(Account account) =>
        (await Store.ApiKeys.ToWarnAsync(Time.Now + Ahead, 1000, Cancel))
            .Where(key => key.AccountId == account.Id)
            .Select(key => key.Id);

    private async Task<IEnumerable<Guid>> ToWarnAsync(ApiKey of) =>
        (await Store.ApiKeys.ToWarnAsync(Time.Now + Ahead, 1000, Cancel))
            .Where(key => key.Id == of.Id)
            .Select(key => key.Id);
}

public sealed class Warning_on_SQLite(SqliteDatabase database) : WarningTests(database), IClassFixture<SqliteDatabase>;

public sealed class Warning_on_PostgreSQL(PostgresDatabase database)
    : WarningTests(database),
        IClassFixture<PostgresDatabase>;

using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Directory;

public abstract class ApiKeyStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task An_API_key_is_found_by_its_hash_as_it_was_saved()
    {
        var key = await GivenApiKeyAsync();
        var renewed = key with { FreezesAt = key.FreezesAt.AddDays(90), Name = "renewed" };
        Assert.True((await Store.ApiKeys.SaveAsync(renewed, Entry(AuditEvent.ApiKeyRenewed), Cancel)).IsCommitted);

        renewed = renewed with { Revision = 2 };
        Assert.Equivalent(renewed, await Store.ApiKeys.FindByHashAsync([NewHash(), key.Hash], Cancel), strict: true);
        Assert.Equivalent(renewed, await Store.ApiKeys.FindAsync(key.Id, Cancel), strict: true);
        Assert.Single(await Store.ApiKeys.ListAsync(key.AccountId, Cancel));
        Assert.False(
            (
                await Store.ApiKeys.SaveAsync(NewApiKey(key.AccountId) with { Hash = key.Hash }, Entry(), Cancel)
            ).IsCommitted
        );
    }

    [Fact]
    public async Task A_revoked_API_key_ends_its_sessions_in_the_same_commit()
    {
        var key = await GivenApiKeyAsync();
        var session = await GivenSessionAsync(apiKey: key.Id);
        Assert.True(
            (
                await Store.ApiKeys.SaveAsync(
                    key with
                    {
                        RevokedAt = Time.Now,
                    },
                    Entry(AuditEvent.ApiKeyRevoked),
                    Cancel
                )
            ).IsCommitted
        );

        Assert.Equal(
            RevocationReason.CredentialRevoked,
            (await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor
        );
    }

    [Fact]
    public async Task A_save_of_an_API_key_that_was_read_before_it_was_revoked_does_not_bring_it_back()
    {
        var key = await GivenApiKeyAsync();
        Assert.True(
            (
                await Store.ApiKeys.SaveAsync(
                    key with
                    {
                        RevokedAt = Time.Now,
                    },
                    Entry(AuditEvent.ApiKeyRevoked),
                    Cancel
                )
            ).IsCommitted
        );

        await Store.ApiKeys.SaveAsync(
            key with
            {
                FreezesAt = Time.Now.AddDays(90),
            },
            Entry(AuditEvent.ApiKeyRenewed),
            Cancel
        );
        Assert.NotNull((await Store.ApiKeys.FindAsync(key.Id, Cancel))!.RevokedAt);

        var successor = NewApiKey(key.AccountId);
        Assert.False(
            (
                await Store.ApiKeys.RollAsync(
                    key with
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
        Assert.Null(await Store.ApiKeys.FindAsync(successor.Id, Cancel));
    }

    [Fact]
    public async Task Changes_of_an_API_key_that_are_made_at_once_do_not_undo_each_other()
    {
        var key = await GivenApiKeyAsync();
        var later = key.FreezesAt.AddDays(90);
        await using var other = Database.Open();
        await other.PingAsync(Cancel);

        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    Task.Run(() =>
                        ChangeAsync(
                            i % 4 < 2 ? Store : other,
                            key.Id,
                            stored =>
                                i % 2 == 0
                                    ? stored with
                                    {
                                        Name = stored.Name + "+",
                                    }
                                    : stored with
                                    {
                                        FreezesAt = stored.FreezesAt.AddDays(9),
                                    }
                        )
                    )
                )
        );

        var changed = (await Store.ApiKeys.FindAsync(key.Id, Cancel))!;
        Assert.Equal((key.Name + "++++++++++", later), (changed.Name, changed.FreezesAt));
    }

    [Fact]
    public async Task A_change_of_an_API_key_that_was_saved_since_it_was_read_is_a_conflict_and_writes_nothing()
    {
        var key = (await Store.ApiKeys.FindAsync((await GivenApiKeyAsync()).Id, Cancel))!;
        Assert.True((await Store.ApiKeys.SaveAsync(key with { Name = "first" }, Entry(), Cancel)).IsCommitted);

        var second = await Store.ApiKeys.SaveAsync(
            key with
            {
                Name = "second",
            },
            Entry(AuditEvent.ApiKeyRenewed, key.AccountId),
            Cancel
        );

        Assert.Equal(ReceiptKind.Conflict, second.Kind);
        Assert.Equal("first", (await Store.ApiKeys.FindAsync(key.Id, Cancel))!.Name);
        Assert.Empty(
            await Store.Audit.ReadAsync(
                new AuditQuery { AccountId = key.AccountId, Event = AuditEvent.ApiKeyRenewed },
                Cancel
            )
        );
    }

    private async Task ChangeAsync(Store store, Guid id, Func<ApiKey, ApiKey> change)
    {
        while (
            !(
                await store.ApiKeys.SaveAsync(change((await store.ApiKeys.FindAsync(id, Cancel))!), Entry(), Cancel)
            ).IsCommitted
        )
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_rolled_API_key_works_beside_its_successor_until_the_overlap_ends()
    {
        var key = await GivenApiKeyAsync();
        var successor = NewApiKey(key.AccountId);
        await Store.ApiKeys.RollAsync(
            key with
            {
                SuccessorId = successor.Id,
                OverlapEndsAt = Time.Now.AddDays(1),
            },
            successor,
            Entry(AuditEvent.ApiKeyRolled),
            Cancel
        );

        var old = await Store.ApiKeys.FindAsync(key.Id, Cancel);
        Assert.Equal(successor.Id, old!.SuccessorId);
        Assert.True(old.Works(Time.Now));
        Assert.False(old.Works(Time.Now.AddDays(1)));
        Assert.NotNull(await Store.ApiKeys.FindByHashAsync([successor.Hash], Cancel));
    }

    [Fact]
    public async Task The_last_use_of_an_API_key_is_noted_and_survives_a_save()
    {
        var key = await GivenApiKeyAsync();
        await using (var store = Database.Open())
        {
            store.ApiKeys.NoteUse(key.Id, Time.Now, "192.0.2.1");
            store.ApiKeys.NoteUse(key.Id, Time.Now.AddMinutes(1), "192.0.2.2");
        }

        await Store.ApiKeys.SaveAsync(key, Entry(), Cancel);
        var used = await Store.ApiKeys.FindAsync(key.Id, Cancel);
        Assert.Equal((Time.Now.AddMinutes(1), "192.0.2.2"), (used!.LastUsedAt, used.LastUsedFrom));
    }
}

public sealed class API_key_store_on_SQLite(SqliteDatabase database)
    : ApiKeyStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class API_key_store_on_PostgreSQL(PostgresDatabase database)
    : ApiKeyStoreTests(database),
        IClassFixture<PostgresDatabase>;

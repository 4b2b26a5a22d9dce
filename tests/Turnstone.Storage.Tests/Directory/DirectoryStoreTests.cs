using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Directory;

public abstract class DirectoryStoreTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_client_is_found_as_it_was_saved()
    {
        var owner = await GivenAccountAsync();
        var client = await GivenClientAsync() with
        {
            Name = "Shop \"2\"",
            OwnerId = owner.Id,
            Public = true,
            RedirectUris = ["http://127.0.0.1:8500/callback", "https://shop.example.test/?a=b\nc"],
            GrantTypes = ["authorization_code", "refresh_token"],
            Scopes = Scopes.Of(["openid", "individuals.read"]),
            TokenTypes = ["user"],
            AccessLifetime = TimeSpan.FromMinutes(5),
            RefreshLifetime = TimeSpan.FromDays(60),
            AbsoluteLifetime = TimeSpan.FromDays(365),
            RetryWindow = TimeSpan.Zero,
            Early = EarlyRefresh.Current,
            Algorithm = SigningAlgorithm.RS256,
        };
        await Store.Clients.SaveAsync(client, Entry(AuditEvent.ClientChanged), Cancel);

        Assert.Equivalent(client with { Revision = 2 }, await Store.Clients.FindAsync(client.Id, Cancel), strict: true);
        Assert.Equal(client.Id, Assert.Single(await Store.Clients.ListAsync(owner.Id, Cancel)).Id);
        Assert.Contains(await Store.Clients.ListAsync(null, Cancel), listed => listed.Id == client.Id);
        Assert.Null(await Store.Clients.FindAsync("nobody", Cancel));
    }

    [Fact]
    public async Task A_client_that_loses_a_secret_keeps_its_sessions_and_one_that_is_disabled_does_not()
    {
        var client = await GivenClientAsync();
        var session = await GivenSessionAsync(client: client.Id);
        await Store.Clients.SaveAsync(
            client with
            {
                Secrets = [.. client.Secrets, new ClientSecret(NewHash(), "new", Time.Now)],
            },
            Entry(),
            Cancel
        );
        client = (await Store.Clients.FindAsync(client.Id, Cancel))!;
        Assert.Equal(0, client.Epoch);

        await Store.Clients.SaveAsync(client with { Secrets = [] }, Entry(), Cancel);
        Assert.Equal(1, (await Store.Clients.FindAsync(client.Id, Cancel))!.Epoch);
        Assert.Null((await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedAt);

        Assert.Equal(ReceiptKind.Conflict, (await Store.Clients.SaveAsync(client, Entry(), Cancel)).Kind);
        client = (await Store.Clients.FindAsync(client.Id, Cancel))!;
        await Store.Clients.SaveAsync(client with { DisabledAt = Time.Now }, Entry(), Cancel);
        Assert.Equal(2, (await Store.Clients.FindAsync(client.Id, Cancel))!.Epoch);
        Assert.Equal(RevocationReason.ClientDisabled, (await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor);
    }

    [Fact]
    public async Task Of_two_who_change_a_client_as_they_both_saw_it_the_second_is_refused()
    {
        var seen = await GivenClientAsync();
        await Store.Clients.SaveAsync(seen with { Name = "First" }, Entry(), Cancel);

        foreach (var stale in (Client[])[seen with { Name = "Second" }, seen with { Revision = 0 }])
        {
            Assert.Equal(ReceiptKind.Conflict, (await Store.Clients.SaveAsync(stale, Entry(), Cancel)).Kind);
        }

        Assert.Equal("First", (await Store.Clients.FindAsync(seen.Id, Cancel))?.Name);
    }

    [Fact]
    public async Task A_save_on_an_older_sight_of_a_subscription_does_not_undo_its_cancelling()
    {
        var subscription = await GivenSubscriptionAsync();
        Assert.True(
            (
                await Store.Subscriptions.SaveAsync(
                    subscription with
                    {
                        State = SubscriptionState.Cancelled,
                    },
                    Entry(AuditEvent.SubscriptionChanged),
                    Cancel
                )
            ).IsCommitted
        );

        Assert.False(
            (
                await Store.Subscriptions.SaveAsync(
                    subscription with
                    {
                        PrimaryKeyHash = NewHash(),
                    },
                    Entry(AuditEvent.SubscriptionChanged),
                    Cancel
                )
            ).IsCommitted
        );
        Assert.Equal(
            SubscriptionState.Cancelled,
            (await Store.Subscriptions.FindAsync(subscription.Id, Cancel))!.State
        );
    }

    [Fact]
    public async Task Products_are_found_by_name_and_listed()
    {
        var product = await GivenProductAsync();
        await Store.Subscriptions.SaveProductAsync(
            product with
            {
                ApprovalRequired = false,
            },
            Entry(AuditEvent.ProductChanged),
            Cancel
        );

        Assert.Equal(
            product with
            {
                ApprovalRequired = false,
            },
            await Store.Subscriptions.FindProductAsync(product.Name, Cancel)
        );
        Assert.Contains(await Store.Subscriptions.ListProductsAsync(Cancel), listed => listed.Id == product.Id);
        Assert.Null(await Store.Subscriptions.FindProductAsync("nothing", Cancel));
    }

    [Fact]
    public async Task A_subscription_is_found_by_either_of_its_keys()
    {
        var subscription = await GivenSubscriptionAsync();

        Assert.Equivalent(
            subscription,
            await Store.Subscriptions.FindByKeyAsync([NewHash(), subscription.PrimaryKeyHash], Cancel),
            strict: true
        );
        Assert.Equivalent(
            subscription,
            await Store.Subscriptions.FindByKeyAsync([subscription.SecondaryKeyHash], Cancel),
            strict: true
        );
        Assert.Equivalent(subscription, await Store.Subscriptions.FindAsync(subscription.Id, Cancel), strict: true);
        Assert.Single(await Store.Subscriptions.ListAsync(subscription.AccountId, Cancel));
        Assert.Null(await Store.Subscriptions.FindByKeyAsync([NewHash()], Cancel));
    }

    [Fact]
    public async Task A_changed_subscription_key_stops_working_and_the_other_goes_on()
    {
        var subscription = await GivenSubscriptionAsync();
        var changed = subscription with { PrimaryKeyHash = NewHash(), State = SubscriptionState.Suspended };
        Assert.True(
            (await Store.Subscriptions.SaveAsync(changed, Entry(AuditEvent.SubscriptionChanged), Cancel)).IsCommitted
        );

        Assert.Null(await Store.Subscriptions.FindByKeyAsync([subscription.PrimaryKeyHash], Cancel));

        // A key of a subscription that was read before would bring back the state it had then.
        var stale = subscription with
        {
            SecondaryKeyHash = NewHash(),
        };
        Assert.Equal(
            ReceiptKind.Conflict,
            (await Store.Subscriptions.SaveAsync(stale, Entry(AuditEvent.SubscriptionChanged), Cancel)).Kind
        );
        Assert.Equivalent(
            changed with
            {
                Revision = 2,
            },
            await Store.Subscriptions.FindByKeyAsync([subscription.SecondaryKeyHash], Cancel),
            strict: true
        );
    }

    [Fact]
    public async Task No_key_opens_two_subscriptions_whichever_of_the_two_it_is()
    {
        var first = await GivenSubscriptionAsync();
        var second = await GivenSubscriptionAsync();

        Assert.False(
            (
                await Store.Subscriptions.SaveAsync(
                    second with
                    {
                        SecondaryKeyHash = first.PrimaryKeyHash,
                    },
                    Entry(),
                    Cancel
                )
            ).IsCommitted
        );

        Assert.Equivalent(
            second,
            await Store.Subscriptions.FindByKeyAsync([second.SecondaryKeyHash], Cancel),
            strict: true
        );
    }

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

    [Fact]
    public async Task A_code_is_found_as_it_was_added_and_swept_after_its_end()
    {
        var code = new OneTimeCode
        {
            Hash = NewHash(),
            Contract = "oauth",
            AccountId = NewId(),
            AccountEpoch = 7,
            ClientId = "shop",
            RedirectUri = "http://127.0.0.1/cb",
            Challenge = "abc",
            Scopes = Scopes.Of(["openid"]),
            ExpiresAt = Time.Now.AddMinutes(1),
        };
        await Store.Codes.AddAsync(code, Entry(AuditEvent.CodeMinted), Cancel);

        Assert.Equivalent(code, await Store.Codes.FindAsync([code.Hash], Cancel), strict: true);
        Assert.Equal(0, await Store.Codes.SweepAsync(Time.Now, 10, Cancel));
        Assert.Equal(1, await Store.Codes.SweepAsync(Time.Now.AddMinutes(2), 10, Cancel));
        Assert.Null(await Store.Codes.FindAsync([code.Hash], Cancel));
    }
}

public sealed class Directory_on_SQLite(SqliteDatabase database)
    : DirectoryStoreTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Directory_on_PostgreSQL(PostgresDatabase database)
    : DirectoryStoreTests(database),
        IClassFixture<PostgresDatabase>;

using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Sessions;

public abstract class PreconditionTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task A_session_opens_while_everything_that_vouches_for_it_stands()
    {
        var account = await GivenAccountAsync();
        var client = await GivenClientAsync();
        var vouchers = new Preconditions
        {
            Account = (account.Id, account.Epoch),
            Client = (client.Id, client.Epoch),
            ApiKeyId = (await GivenApiKeyAsync(account.Id)).Id,
            SubscriptionId = (await GivenSubscriptionAsync()).Id,
            LetInBy = (await GivenSessionAsync(account.Id)).Id,
            CodeHash = (await GivenCodeAsync(account)).Hash,
        };

        Assert.True(await OpensAsync(vouchers));
    }

    [Fact]
    public async Task A_session_does_not_open_for_an_account_that_was_disabled()
    {
        var account = await GivenAccountAsync();
        account.DisabledAt = Time.Now;
        await Store.Accounts.SaveAsync(account, "two", Entry(), Cancel);

        Assert.False(await OpensAsync(new Preconditions { Account = (account.Id, account.Epoch + 1) }));
    }

    [Fact]
    public async Task A_session_does_not_open_for_a_client_that_was_disabled_or_lost_a_secret()
    {
        var client = await GivenClientAsync();
        await Store.Clients.SaveAsync(client with { Secrets = [] }, Entry(), Cancel);
        Assert.False(await OpensAsync(new Preconditions { Client = (client.Id, client.Epoch) }));

        var saved = await Store.Clients.FindAsync(client.Id, Cancel);
        Assert.True(await OpensAsync(new Preconditions { Client = (client.Id, saved!.Epoch) }));
        await Store.Clients.SaveAsync(saved with { DisabledAt = Time.Now }, Entry(), Cancel);
        Assert.False(await OpensAsync(new Preconditions { Client = (client.Id, saved.Epoch + 1) }));
    }

    [Fact]
    public async Task A_session_does_not_open_for_an_API_key_that_is_revoked_frozen_past_its_overlap_or_anothers()
    {
        foreach (
            var spoil in (Func<ApiKey, ApiKey>[])
                [
                    key => key with { RevokedAt = Time.Now },
                    key => key with { FreezesAt = Time.Now },
                    key => key with { OverlapEndsAt = Time.Now },
                ]
        )
        {
            var key = await GivenApiKeyAsync();
            Assert.True(await OpensAsync(new Preconditions { ApiKeyId = key.Id }, key.AccountId));
            Assert.False(await OpensAsync(new Preconditions { ApiKeyId = key.Id }, (await GivenAccountAsync()).Id));
            await Store.ApiKeys.SaveAsync(spoil(key), Entry(), Cancel);
            Assert.False(await OpensAsync(new Preconditions { ApiKeyId = key.Id }, key.AccountId));
        }
    }

    [Fact]
    public async Task A_session_does_not_open_with_scopes_that_an_API_key_has_lost()
    {
        var key = await GivenApiKeyAsync();
        var asked = new Preconditions { ApiKeyId = key.Id, ApiKeyScopes = key.Scopes };
        Assert.True(await OpensAsync(asked, key.AccountId));

        var narrowed = key with { Scopes = Scopes.Of(["openid"]) };
        await Store.ApiKeys.SaveAsync(narrowed, Entry(), Cancel);

        Assert.False(await OpensAsync(asked, key.AccountId));
        Assert.True(await OpensAsync(asked with { ApiKeyScopes = narrowed.Scopes }, key.AccountId));
    }

    [Fact]
    public async Task A_session_does_not_open_for_an_API_key_of_a_disabled_account()
    {
        var key = await GivenApiKeyAsync();
        var account = (await Store.Accounts.FindAsync(key.AccountId, Cancel))!;
        account.DisabledAt = Time.Now;
        Assert.True((await Store.Accounts.SaveAsync(account, "disabled", Entry(), Cancel)).IsCommitted);

        Assert.False(await OpensAsync(new Preconditions { ApiKeyId = key.Id }));
    }

    [Fact]
    public async Task A_session_does_not_open_for_a_subscription_that_is_not_active()
    {
        var subscription = await GivenSubscriptionAsync();
        foreach (
            var spoiled in (Subscription[])
                [
                    subscription with
                    {
                        State = SubscriptionState.Suspended,
                    },
                    subscription with
                    {
                        State = SubscriptionState.Cancelled,
                        Revision = 2,
                    },
                ]
        )
        {
            await Store.Subscriptions.SaveAsync(spoiled, Entry(), Cancel);
            Assert.False(await OpensAsync(new Preconditions { SubscriptionId = subscription.Id }));
        }
    }

    [Fact]
    public async Task A_session_does_not_open_by_one_that_was_revoked_has_ended_or_is_not_there()
    {
        var revoked = await GivenSessionAsync();
        Assert.True(await OpensAsync(new Preconditions { LetInBy = revoked.Id }));
        await Store.Sessions.EndAsync(revoked.Id, RevocationReason.ByOwner, Entry(), Cancel);
        Assert.False(await OpensAsync(new Preconditions { LetInBy = revoked.Id }));

        var ended = await GivenSessionAsync();
        Time.Advance(Terms.RefreshLifetime);
        Assert.False(await OpensAsync(new Preconditions { LetInBy = ended.Id }));
        Assert.False(await OpensAsync(new Preconditions { LetInBy = new SessionId(NewId()) }));
    }

    [Fact]
    public async Task A_code_opens_one_session_and_names_it()
    {
        var code = await GivenCodeAsync(await GivenAccountAsync());
        var vouchers = new Preconditions { CodeHash = code.Hash };
        var opened = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async _ =>
                {
                    var session = NewSession();
                    return (
                        session.Id,
                        Opened: await CommittedAsync(Store.Sessions.OpenAsync(session, vouchers, Entry(), Cancel))
                    );
                })
        );

        var winner = Assert.Single(opened, attempt => attempt.Opened);
        var used = await Store.Codes.FindAsync([NewHash(), code.Hash], Cancel);
        Assert.Equal(winner.Id, used!.SessionId);
        Assert.Equal(Time.Now, used.UsedAt);
    }

    [Fact]
    public async Task A_code_past_its_end_opens_nothing()
    {
        var code = await GivenCodeAsync(await GivenAccountAsync());
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await OpensAsync(new Preconditions { CodeHash = code.Hash }));
    }

    [Fact]
    public async Task A_refused_opening_writes_nothing_and_leaves_the_code_unused()
    {
        var account = await GivenAccountAsync();
        var code = await GivenCodeAsync(account);
        var session = NewSession(account.Id);
        var entry = Entry(AuditEvent.Login, account.Id);

        Assert.False(
            (
                await Store.Sessions.OpenAsync(
                    session,
                    new Preconditions { Account = (account.Id, account.Epoch + 1), CodeHash = code.Hash },
                    entry,
                    Cancel
                )
            ).IsCommitted
        );

        Assert.Null(await Store.Sessions.FindAsync(session.Id, Cancel));
        Assert.Null((await Store.Codes.FindAsync([code.Hash], Cancel))!.UsedAt);
        Assert.Empty(await Store.Audit.ReadAsync(new AuditQuery { AccountId = account.Id }, Cancel));
    }

    [Fact]
    public async Task An_API_key_opens_as_many_sessions_as_it_may_have_refreshable_and_no_more()
    {
        var key = await GivenApiKeyAsync((await GivenAccountAsync()).Id);
        await LoginAsync(key);
        Time.Advance(TimeSpan.FromMinutes(5));
        var since = Time.Now;
        var ended = await LoginAsync(key);
        await Store.Sessions.EndAsync(ended.Session, RevocationReason.Logout, Entry(), Cancel);
        Time.Advance(TimeSpan.FromSeconds(1));

        var opened = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => LoginAsync(key, new LoginAllowance(since, Time.Now, 3)))
        );

        Assert.Equal(3, opened.Count(login => login.Receipt.IsCommitted));
        Assert.All(
            opened.Where(login => !login.Receipt.IsCommitted),
            login => Assert.Equal((ReceiptKind.TooMany, Time.Now), (login.Receipt.Kind, login.Receipt.Oldest))
        );
        Assert.False(
            (await LoginAsync(key, new LoginAllowance(since.AddMinutes(-10), Time.Now, 4))).Receipt.IsCommitted
        );
        Assert.True((await LoginAsync(key, new LoginAllowance(since, Time.Now, 4))).Receipt.IsCommitted);
        Assert.True(
            (
                await LoginAsync(
                    await GivenApiKeyAsync((await GivenAccountAsync()).Id),
                    new LoginAllowance(since, Time.Now, 1)
                )
            )
                .Receipt
                .IsCommitted
        );
    }

    [Fact]
    public async Task Logins_through_another_process_count_and_one_that_has_ended_does_not()
    {
        var key = await GivenApiKeyAsync((await GivenAccountAsync()).Id);
        var allowance = new LoginAllowance(Time.Now.AddMinutes(-1), Time.Now, 3);
        var first = await LoginAsync(key, allowance);
        await using (var other = Database.Open())
        {
            await LoginAsync(key, allowance, other);
            await LoginAsync(key, allowance, other);
        }

        // What a server asks each second.
        await Store.Engine.HearLoginsAsync();
        Assert.Equal(ReceiptKind.TooMany, (await LoginAsync(key, allowance)).Receipt.Kind);
        await Store.Sessions.EndAsync(first.Session, RevocationReason.Logout, Entry(), Cancel);
        Assert.True((await LoginAsync(key, allowance)).Receipt.IsCommitted);
        Assert.Equal(ReceiptKind.TooMany, (await LoginAsync(key, allowance)).Receipt.Kind);
        Time.Advance(TimeSpan.FromMinutes(2));
        var later = new LoginAllowance(Time.Now.AddMinutes(-1), Time.Now, 3);
        var opened = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => LoginAsync(key, later)));
        Assert.Equal(3, opened.Count(login => login.Receipt.IsCommitted));
    }

    private async Task<(SessionId Session, Receipt Receipt)> LoginAsync(
        ApiKey key,
        LoginAllowance? allowance = null,
        Store? store = null
    )
    {
        var session = NewSession(key.AccountId, apiKey: key.Id);
        return (
            session.Id,
            await (store ?? Store).Sessions.OpenAsync(
                session,
                new Preconditions { ApiKeyId = key.Id, Logins = allowance },
                Entry(),
                Cancel
            )
        );
    }

    private Task<bool> OpensAsync(Preconditions vouchers, Guid? account = null) =>
        CommittedAsync(Store.Sessions.OpenAsync(NewSession(account), vouchers, Entry(), Cancel));
}

public sealed class Precondition_on_SQLite(SqliteDatabase database)
    : PreconditionTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Precondition_on_PostgreSQL(PostgresDatabase database)
    : PreconditionTests(database),
        IClassFixture<PostgresDatabase>;

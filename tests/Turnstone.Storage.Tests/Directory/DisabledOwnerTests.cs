using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Storage.Tests.Directory;

/// <summary>A disabled account does not go on through the clients that it owns.</summary>
public abstract class DisabledOwnerTests(TestDatabase database) : StoreTest(database)
{
    [Fact]
    public async Task The_clients_of_a_disabled_account_do_not_stand_until_it_is_enabled()
    {
        var owner = await GivenAccountAsync();
        var client = await GivenClientAsync(owner.Id);
        var seen = client;
        Assert.True(client.Stands);

        await SetDisabledAsync(owner, Time.Now);
        client = (await Store.Clients.FindAsync(client.Id, Cancel))!;
        Assert.Equal((false, null, owner.DisabledAt), (client.Stands, client.DisabledAt, client.OwnerDisabledAt));
        Assert.False(Assert.Single(await Store.Clients.ListAsync(owner.Id, Cancel)).Stands);
        Assert.False(await OpensAsync(seen));

        await Store.Clients.SaveAsync(
            client with
            {
                Name = "Renamed meanwhile",
            },
            Entry(AuditEvent.ClientChanged),
            Cancel
        );
        await SetDisabledAsync(owner, null);
        client = (await Store.Clients.FindAsync(client.Id, Cancel))!;
        Assert.True(client.Stands);
        Assert.True(await OpensAsync(client));

        // A program that a node let in before does not come back with its owner.
        Assert.False(await OpensAsync(seen));
    }

    [Fact]
    public async Task Disabling_an_account_ends_the_sessions_of_its_clients_and_of_no_others()
    {
        var owner = await GivenAccountAsync();
        var client = await GivenClientAsync(owner.Id);
        var customer = await GivenAccountAsync();
        Session[] ended = [await GivenSessionAsync(client: client.Id), await GivenSessionAsync(customer.Id, client.Id)];
        Session[] kept =
        [
            await GivenSessionAsync(customer.Id, (await GivenClientAsync(customer.Id)).Id),
            await GivenSessionAsync(customer.Id),
        ];

        await SetDisabledAsync(owner, Time.Now);

        foreach (var session in ended)
        {
            Assert.Equal(
                RevocationReason.ClientDisabled,
                (await Store.Sessions.FindAsync(session.Id, Cancel))!.RevokedFor
            );
            Assert.Equal(RotationKind.Revoked, (await RefreshAsync(session, 0)).Kind);
        }

        foreach (var session in kept)
        {
            Assert.Equal(RotationKind.Advance, (await RefreshAsync(session, 0)).Kind);
        }
    }

    [Fact]
    public async Task Whoever_remembers_clients_hears_that_an_account_was_disabled_or_enabled()
    {
        var owner = await GivenAccountAsync();
        foreach (var at in (DateTimeOffset?[])[Time.Now, null])
        {
            var heard = new System.Collections.Concurrent.ConcurrentQueue<ChangeKind>();
            using var listening = Store.Changes.Subscribe(change => heard.Enqueue(change.Kind));
            await SetDisabledAsync(owner, at);
            Assert.Contains(ChangeKind.Directory, heard);
        }
    }

    [Fact]
    public async Task No_session_of_a_client_outlives_the_disabling_of_its_owner()
    {
        await using var other = Database.Open();
        await other.PingAsync(Cancel);
        var owner = await GivenAccountAsync();
        var client = await GivenClientAsync(owner.Id);
        var opening = Enumerable
            .Range(0, 64)
            .Select(i => Task.Run(() => OpensAsync(client, i % 2 == 0 ? Store : other)))
            .ToList();
        await Task.WhenAny(opening);

        await SetDisabledAsync(owner, Time.Now);
        await Task.WhenAll(opening);

        Assert.Empty(await Store.Sessions.ListAsync(SessionHolder.Client(client.Id), 100, Cancel));
    }

    private async Task SetDisabledAsync(Account account, DateTimeOffset? at)
    {
        account.DisabledAt = at;
        Assert.True(
            (
                await Store.Accounts.SaveAsync(account, NewId().ToString(), Entry(AuditEvent.AccountChanged), Cancel)
            ).IsCommitted
        );
    }

    private Task<bool> OpensAsync(Client client, Store? store = null) =>
        CommittedAsync(
            (store ?? Store).Sessions.OpenAsync(
                NewSession(client: client.Id),
                new Preconditions { Client = (client.Id, client.Epoch) },
                Entry(),
                Cancel
            )
        );
}

public sealed class Disabled_owner_on_SQLite(SqliteDatabase database)
    : DisabledOwnerTests(database),
        IClassFixture<SqliteDatabase>;

public sealed class Disabled_owner_on_PostgreSQL(PostgresDatabase database)
    : DisabledOwnerTests(database),
        IClassFixture<PostgresDatabase>;

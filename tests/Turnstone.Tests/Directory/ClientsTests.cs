using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Tests.Directory;

public sealed class ClientsTests : CredentialTest
{
    private readonly StoreSpy<IClientStore> store;
    private readonly StoreChanges changes = new();
    private readonly ClientDirectory directory;

    public ClientsTests()
    {
        store = new(Store.Clients);
        directory = new ClientDirectory(store.Store, changes, TimeProvider.System);
    }

    private Clients Clients => new(store.Store, Keys, Random, Time);

    [Fact]
    public async Task A_confidential_client_is_proven_by_its_secret()
    {
        var minted = await GivenAsync();

        Assert.True((await AuthenticateAsync("shop", minted.Secret)).Granted(out var client, out _));
        Assert.Equal("shop", client.Id);
        Assert.Equal(minted.Secret![..8], client.Secrets[0].Hint);
        Assert.DoesNotContain(minted.Secret[8..], $"{client} {minted} {store.Audit[0]}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_failure_is_the_same_refusal()
    {
        var minted = await GivenAsync();
        await Clients.CreateAsync(Description("app") with { Public = true }, null, Caller, Cancel);
        var disabled = await Clients.CreateAsync(Description("old"), null, Caller, Cancel);
        await DisableAsync(disabled!.Client.Id);
        var gone = await GivenAccountAsync("gone@customer.test", account => account.DisabledAt = Time.Now);
        var orphan = await Clients.CreateAsync(Description("orphan") with { OwnerId = gone.Id }, null, Caller, Cancel);

        (string?, string?)[] wrong =
        [
            ("shop", null),
            ("shop", ""),
            ("shop", "wrong"),
            ("shop", new string('x', 5000)),
            ("shop", disabled.Secret),
            ("app", "anything"),
            ("app", minted.Secret),
            ("old", disabled.Secret),
            ("orphan", orphan!.Secret),
            ("nobody", minted.Secret),
            ("nobody", null),
            ("", ""),
            (null, null),
            (new string('x', 5000), "x"),
            ("SHOP", minted.Secret),
        ];
        foreach (var (id, secret) in wrong)
        {
            var refusal = (await AuthenticateAsync(id, secret)).Refusal;
            Assert.Equal(RefusalCode.InvalidClient, refusal?.Code);
            Assert.Equal((await AuthenticateAsync("other", "x")).Refusal, refusal);
        }
    }

    [Fact]
    public async Task A_public_client_sends_no_secret()
    {
        await Clients.CreateAsync(Description("app") with { Public = true }, null, Caller, Cancel);

        Assert.Null((await AuthenticateAsync("app", null)).Refusal);
        Assert.Null((await AuthenticateAsync("app", "")).Refusal);
        Assert.Null(await Clients.AddSecretAsync("app", Caller, Cancel));
    }

    [Fact]
    public async Task Two_secrets_live_side_by_side_until_one_is_removed()
    {
        var first = await GivenAsync();
        var second = await Clients.AddSecretAsync("shop", Caller, Cancel);
        changes.Tell(ChangeKind.Directory);
        Assert.Null((await AuthenticateAsync("shop", first.Secret)).Refusal);
        Assert.Null((await AuthenticateAsync("shop", second?.Secret)).Refusal);
        Assert.Null(await Clients.AddSecretAsync("shop", Caller, Cancel));

        Assert.NotNull(await Clients.RemoveSecretAsync("shop", first.Client.Secrets[0].Hash, Caller, Cancel));
        changes.Tell(ChangeKind.Directory);
        Assert.NotNull((await AuthenticateAsync("shop", first.Secret)).Refusal);
        Assert.Null((await AuthenticateAsync("shop", second?.Secret)).Refusal);
    }

    [Fact]
    public async Task The_last_secret_stays()
    {
        var minted = await GivenAsync();

        Assert.Null(await Clients.RemoveSecretAsync("shop", minted.Client.Secrets[0].Hash, Caller, Cancel));
    }

    [Fact]
    public async Task A_given_secret_is_only_hashed()
    {
        var created = await Clients.CreateAsync(Description("shop"), "given elsewhere", Caller, Cancel);

        Assert.Null(created?.Secret);
        Assert.Equal("", created?.Client.Secrets[0].Hint);
        Assert.Null((await AuthenticateAsync("shop", "given elsewhere")).Refusal);
        Assert.Null(await Clients.CreateAsync(Description("shop"), null, Caller, Cancel));
    }

    [Fact]
    public async Task The_store_is_asked_once_until_it_changes()
    {
        var minted = await GivenAsync();
        var before = store.Lookups;
        for (var i = 0; i < 10; i++)
        {
            await AuthenticateAsync("shop", minted.Secret);
        }

        Assert.Equal(before + 1, store.Lookups);
        await DisableAsync("shop");
        changes.Tell(ChangeKind.Directory);
        Assert.NotNull((await AuthenticateAsync("shop", minted.Secret)).Refusal);
    }

    public override async ValueTask DisposeAsync()
    {
        directory.Dispose();
        await base.DisposeAsync();
    }

    private async Task DisableAsync(string id)
    {
        var client = (await Store.Clients.FindAsync(id, Cancel))! with { DisabledAt = Time.Now };
        Assert.True((await Store.Clients.SaveAsync(client, Entry, Cancel)).IsCommitted);
    }

    private Client Description(string id) =>
        new()
        {
            Id = id,
            Name = id,
            CreatedAt = Time.Now,
        };

    private async Task<MintedClient> GivenAsync() =>
        (await Clients.CreateAsync(Description("shop"), null, Caller, Cancel))!;

    private ValueTask<Outcome<Client>> AuthenticateAsync(string? id, string? secret) =>
        new ClientAuthentication(directory, null!, new SecretProof(Keys), null!, null!).AuthenticateAsync(
            new PresentedClient(id, secret),
            Caller.Operator,
            Cancel
        );
}

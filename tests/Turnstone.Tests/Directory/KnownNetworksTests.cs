using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Directory;

public sealed class KnownNetworksTests : CredentialTest
{
    private readonly StoreSpy<IAccountStore> accounts;
    private readonly KnownNetworks networks;

    public KnownNetworksTests()
    {
        accounts = new(Store.Accounts);
        networks = new(accounts.Store, Keys);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.200", true)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.200", true)]
    [InlineData("192.0.2.1", "192.0.3.1", false)]
    [InlineData("2001:db8:1:2::3", "2001:db8:1:4::5", true)]
    [InlineData("2001:db8:1::1", "2001:db8:2::1", false)]
    public async Task A_network_is_known_as_far_as_a_site_goes(string seen, string asked, bool known)
    {
        await networks.RememberAsync(await AdaAsync(), seen, Cancel);

        Assert.Equal(known, networks.Has(await AdaAsync(), asked));
        Assert.False(networks.Has((await Store.Accounts.FindAsync(Bob, Cancel))!, seen));
    }

    [Fact]
    public async Task The_last_eight_are_kept_and_only_a_new_one_is_written()
    {
        for (var i = 0; i < 9; i++)
        {
            await networks.RememberAsync(await AdaAsync(), $"192.0.{i}.1", Cancel);
        }

        await networks.RememberAsync(await AdaAsync(), "192.0.8.77", Cancel);

        var ada = await AdaAsync();
        Assert.Equal(9, accounts.Calls(nameof(IAccountStore.SetKnownNetworksAsync)));
        Assert.Equal(8, ada.KnownNetworks.Count);
        Assert.False(networks.Has(ada, "192.0.0.1"));
        Assert.True(networks.Has(ada, "192.0.1.1"));
    }

    [Fact]
    public async Task A_changed_master_key_forgets_none()
    {
        var (old, fresh) = (NewKey(), NewKey());
        await new KnownNetworks(Store.Accounts, new MasterKeyRing(old)).RememberAsync(
            await AdaAsync(),
            "192.0.2.1",
            Cancel
        );

        Assert.True(new KnownNetworks(Store.Accounts, new(fresh, old)).Has(await AdaAsync(), "192.0.2.1"));
        Assert.False(new KnownNetworks(Store.Accounts, new(fresh)).Has(await AdaAsync(), "192.0.2.1"));
    }

    private static MasterKey NewKey() => new(RandomSource.System.Bytes(MasterKey.Size));

    private async Task<Account> AdaAsync() => (await Store.Accounts.FindAsync(Ada, Cancel))!;
}

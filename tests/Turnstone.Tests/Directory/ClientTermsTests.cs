using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Directory;

public sealed class ClientTermsTests
{
    private static readonly Client Shop = new()
    {
        Id = "shop",
        Name = "Shop",
        CreatedAt = default,
    };

    private static readonly Api Orders = new()
    {
        Id = "orders",
        Identifier = "https://orders.example.test",
        Name = "Orders",
    };

    [Theory]
    [InlineData(60, null, null, 60)]
    [InlineData(60, null, 90, 60)]
    [InlineData(60, null, 30, 30)]
    [InlineData(60, 90, null, 90)]
    [InlineData(60, 90, 120, 90)]
    [InlineData(60, 90, 70, 70)]
    [InlineData(60, 20, 30, 20)]
    public void A_token_lives_as_long_as_contract_or_client_say_and_its_API_shortens_that_alone(
        int contract,
        int? client,
        int? api,
        int minutes
    )
    {
        var terms = Terms(TimeSpan.FromMinutes(contract));
        var shop = Shop with { AccessLifetime = Minutes(client) };

        var both = terms.For(shop).For(shop, Orders with { AccessLifetime = Minutes(api) });

        Assert.Equal(TimeSpan.FromMinutes(minutes), both.AccessLifetime);
    }

    [Fact]
    public void An_API_that_wants_RS256_gets_it_but_from_no_client_of_fapi2()
    {
        var terms = Terms(TimeSpan.FromMinutes(5));
        var orders = Orders with { Algorithm = SigningAlgorithm.RS256 };
        var strict = Shop with { Profile = ClientProfile.Fapi2 };

        Assert.Equal(SigningAlgorithm.RS256, terms.For(Shop).For(Shop, orders).Algorithm);
        Assert.Equal(SigningAlgorithm.ES256, terms.For(strict).For(strict, orders).Algorithm);
    }

    private static TimeSpan? Minutes(int? minutes) => minutes is { } some ? TimeSpan.FromMinutes(some) : null;

    private static Terms Terms(TimeSpan access) => Sessions.RotationRows.Usual with { AccessLifetime = access };
}

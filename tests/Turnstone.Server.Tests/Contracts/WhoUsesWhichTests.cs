using Microsoft.Extensions.DependencyInjection;
using Turnstone.Grants;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>Two contracts refresh each other's sessions; what each is used for is told apart.</summary>
public sealed class WhoUsesWhichTests
{
    [Fact]
    public async Task The_meter_counts_the_contract_that_was_called_and_the_page_shows_the_one_that_opened()
    {
        await using var server = await PortalServer.StartAsync();
        using var counts = new GrantCounts(server.Services.GetRequiredService<GrantMeter>());
        using var login = await server.Http.LoginV2Async(Known.Email, Known.Password);
        using var refresh = await server.Http.RefreshV1Async(await login.RefreshOfSetAsync());

        Assert.Equal(1, counts.Through("AuthV2", "Password"));
        Assert.Equal(1, counts.Through("AuthV1", "Refresh"));
        Assert.Equal(0, counts.Through("AuthV2", "Refresh"));
        using var ada = await Visitor.SignedInAsync(server);
        Assert.Contains("<code>/auth/v2</code>", await ada.PageAsync("/portal/sessions"), StringComparison.Ordinal);
    }
}

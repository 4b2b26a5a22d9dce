using Microsoft.Playwright;
using Turnstone.Clients.Tests.Golden;

namespace Turnstone.Clients.Tests.Browsers;

public sealed class TabsTests(GoldenServer server) : IClassFixture<GoldenServer>
{
    private const string Begin = """
        async ([module, provider]) => {
          const { BrowserStore, Session } = await import(module);
          const known = { username: "ada", password: "secret", subscription_key: "key" };
          window.session = new Session(provider, "/auth/v2", known, { store: new BrowserStore() });
        }
        """;

    private const string Token = "async () => (window.token = await window.session.token()).value";

    private const string Refresh =
        "async () => (window.token = await window.session.token({ rejected: window.token })).value";

    [Fact]
    public async Task Tabs_share_one_session_and_one_refresh()
    {
        await using var browser = await Chromium.StartAsync();
        var context = await browser.NewContextAsync();
        var (address, provider) = server.Open("/auth/v2", GoldenAnswers.AsDocumented);
        var tabs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => OpenAsync(context, address)));

        Assert.Equal(["access-1"], (await AllAsync(tabs, Token)).Distinct());
        Assert.Equal(["access-2"], (await AllAsync(tabs, Refresh)).Distinct());
        Assert.Equal(["access-3"], (await AllAsync(tabs, Refresh)).Distinct());
        Assert.Equal((1, 2), (provider.SignIns, provider.Refreshes));
        Assert.Empty(provider.Wrong);

        // A tab that is opened later finds the session; what is shown of it has no token.
        var late = await OpenAsync(context, address);
        Assert.Equal("access-3", await late.EvaluateAsync<string>(Token));
        Assert.DoesNotContain(
            "access-",
            await late.EvaluateAsync<string>("() => `${session} ${token} ${JSON.stringify({ session, token })}`"),
            StringComparison.Ordinal
        );
    }

    private async Task<IPage> OpenAsync(IBrowserContext context, Uri provider)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(server.Address, "/page").ToString());
        await page.EvaluateAsync(Begin, new[] { GoldenServer.Module, provider.ToString() });
        return page;
    }

    private static Task<string[]> AllAsync(IPage[] tabs, string script) =>
        Task.WhenAll(tabs.Select(tab => tab.EvaluateAsync<string>(script)));
}

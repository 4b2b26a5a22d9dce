using Microsoft.Playwright;
using Turnstone.Clients.Tests.Samples;

namespace Turnstone.Clients.Tests.Browsers;

/// <summary>The browser's store and a real server: a tab may be closed at any moment.</summary>
public sealed class ClosedTabTests
{
    private const string Begin = """
        async () => {
          const { BrowserStore, Session } = await import("turnstone-client");
          const { server, client } = document.body.dataset;
          window.session = new Session(server, "/oauth2", { client_id: client }, { store: new BrowserStore() });
          window.token = await window.session.token();
        }
        """;

    private const string Refresh =
        "async () => (window.token = await window.session.token({ rejected: window.token })).value";

    private const string Use =
        "async () => (await window.session.fetch(document.body.dataset.server + '/oauth2/userinfo')).status";

    [Fact]
    public async Task A_tab_that_is_closed_before_its_answer_loses_nothing()
    {
        await using var server = await LocalServer.StartAsync();
        await server.ApplyAsync(Path.Combine(Repository.Root, "samples/Browser/clients.json"));
        await using var site = await SamplePage.ServeAsync(server.Issuer);
        await using var browser = await Chromium.StartAsync();
        var context = await browser.NewContextAsync();
        var first = await context.NewPageAsync();
        await site.SignInAsync(first);
        await first.EvaluateAsync(Begin);

        // The server has answered, and the tab has not heard of it.
        var (requests, answered) = (new List<IRequest>(), new TaskCompletionSource());
        await context.RouteAsync(
            "**/oauth2/token",
            async route =>
            {
                requests.Add(route.Request);
                if (requests.Count > 1)
                {
                    await route.ContinueAsync();
                    return;
                }

                Assert.Equal(200, (await route.FetchAsync()).Status);
                answered.SetResult();
            }
        );
        var waits = first.EvaluateAsync<string>(Refresh);
        await answered.Task;
        await first.CloseAsync();
        await Assert.ThrowsAnyAsync<PlaywrightException>(() => waits);

        var next = await context.NewPageAsync();
        await site.OpenAsync(next);
        await next.EvaluateAsync(Begin);
        var token = await next.EvaluateAsync<string>(Refresh);
        Assert.Equal(200, await next.EvaluateAsync<int>(Use));
        Assert.Equal(2, requests.Count);
        Assert.Equal(requests[0].PostData, requests[1].PostData);
        var keys = requests.Select(request => request.Headers["idempotency-key"]).ToList();
        Assert.Equal(keys[0], keys[1]);

        // The session goes on from there.
        Assert.NotEqual(token, await next.EvaluateAsync<string>(Refresh));
        Assert.Equal(200, await next.EvaluateAsync<int>(Use));
        Assert.Equal(3, requests.Count);
        Assert.NotEqual(requests[1].PostData, requests[2].PostData);
    }
}

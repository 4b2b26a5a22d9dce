using System.Net;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>A server maps its pages when the first of them is asked for (docs/adr/0014).</summary>
public sealed class PortalPagesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/portal/sign-in")]
    [InlineData("/oauth2/authorize?client_id=none")]
    public async Task What_programs_ask_maps_no_page_and_the_first_page_maps_all(string page)
    {
        await using var server = await PortalServer.StartAsync();
        foreach (var path in new[] { "/.well-known/jwks.json", "/robots.txt", "/v3/individuals", "/nothing", "/" })
        {
            using var answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        }

        Assert.Empty(PagesOf(server));
        using var first = await server.Http.GetAsync(new Uri(page, UriKind.Relative), Cancel);
        Assert.Contains("<html", await first.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.True(PagesOf(server).Count > 40);
    }

    [Fact]
    public async Task Those_who_ask_for_the_first_page_at_once_all_get_it()
    {
        await using var server = await PortalServer.StartAsync();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(_ => server.Http.GetAsync(new Uri("/portal/sign-in", UriKind.Relative), Cancel))
        );
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    private static List<PageActionDescriptor> PagesOf(TurnstoneServer server) =>
        [
            .. server
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>())
                .OfType<PageActionDescriptor>(),
        ];
}

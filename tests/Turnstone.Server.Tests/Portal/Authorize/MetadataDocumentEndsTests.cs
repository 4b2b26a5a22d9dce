using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Directory.Metadata;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>
/// How clients with a metadata document end: an administrator blocks them, or nobody ever gave them a token.
/// </summary>
public sealed class MetadataDocumentEndsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_administrator_sees_blocks_and_ends_it_like_any_other()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await Administrators.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var id = foreign.Publish();
        var tokens = await DescribedClient.LetInAsync(server, visitor, id);

        var list = await visitor.PageAsync("/portal/admin/clients?Part=127.0.0.1");
        var page = System.Text.RegularExpressions.Regex.Match(list, "href=\"(/portal/admin/clients/http[^\"]+)\"");
        var path = WebUtility.HtmlDecode(page.Groups[1].Value);
        Assert.Contains("it describes itself at its address", await visitor.PageAsync(path), StringComparison.Ordinal);
        using var disabled = await visitor.SendAsync(
            path,
            $"{path}?handler=Disable",
            ("Reason", Administrators.Reason),
            ("Password", Known.Password)
        );

        Assert.Equal(HttpStatusCode.Redirect, disabled.StatusCode);
        Assert.False(await DescribedClient.RefreshesAsync(server, id, tokens));
        server.Time.Advance(TimeSpan.FromHours(2));
        using var again = await Visitor.SignedInAsync(server);
        Assert.Contains(
            "no client is registered",
            await again.UnprovenAsync(DescribedClient.Url(id)),
            StringComparison.Ordinal
        );
        Assert.Equal(1, foreign.Asked(DescribedClient.Path));
    }

    /// <summary>Whoever has a document has as many addresses for it as he likes.</summary>
    [Fact]
    public async Task One_that_was_blocked_does_not_come_back_under_another_address_of_its_host()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var blocked = foreign.Publish();
        var before = foreign.Publish(path: "/before.json");
        await DescribedClient.LetInAsync(server, visitor, blocked);
        await DescribedClient.LetInAsync(server, visitor, before);
        var clients = server.Services.GetRequiredService<Clients>();
        var now = server.Time.GetUtcNow();
        Assert.NotNull(
            await clients.ChangeAsync(blocked, one => one with { DisabledAt = now }, "", Caller.Operator, Cancel)
        );

        foreach (
            var id in new[]
            {
                blocked + "?again",
                blocked.Replace("http:", "HTTP:", StringComparison.Ordinal),
                foreign.Publish(path: "/other.json"),
            }
        )
        {
            using var pushed = await server.FormAsync("/oauth2/par", DescribedClient.Url(id).Split('?', 2)[1]);
            Assert.Equal("invalid_client", (string?)(await pushed.BodyAsync())["error"]);
            Assert.Contains(
                "no client is registered",
                await visitor.UnprovenAsync(DescribedClient.Url(id)),
                StringComparison.Ordinal
            );
        }

        // Whom somebody had let in is an administrator's to end.
        Assert.Contains("decision", await visitor.PageAsync(DescribedClient.Url(before)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_nobody_gave_a_token_is_forgotten_after_a_day_unless_it_was_blocked()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var used = foreign.Publish(path: "/used.json");
        var unused = foreign.Publish(path: "/unused.json");
        var blocked = foreign.Publish(path: "/blocked.json");
        await DescribedClient.LetInAsync(server, visitor, used);
        foreach (var id in new[] { unused, blocked })
        {
            (await visitor.DecideAsync(DescribedClient.Url(id))).Dispose();
        }

        var clients = server.Services.GetRequiredService<Clients>();
        var now = server.Time.GetUtcNow();
        Assert.NotNull(
            await clients.ChangeAsync(blocked, one => one with { DisabledAt = now }, "", Caller.Operator, Cancel)
        );
        server.Time.Advance(TimeSpan.FromDays(3));
        await SweepAsync(server);

        var left = await server.Services.GetRequiredService<IClientStore>().ListAsync(null, Cancel);
        Assert.Equal(
            [blocked, used],
            left.Where(one => one.Source is ClientSource.MetadataDocument).Select(one => one.Id)
        );
    }

    private static async Task SweepAsync(TurnstoneServer server)
    {
        // The codes of a day go first, and the next round finds nothing that holds the client.
        for (var round = 0; round < 2; round++)
        {
            await server.Services.GetRequiredService<Store>().Upkeep.SweepAsync(new Retention(), Cancel);
        }
    }
}

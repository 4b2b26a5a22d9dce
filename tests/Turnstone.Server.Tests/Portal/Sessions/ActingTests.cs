using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;

namespace Turnstone.Server.Tests.Portal.Sessions;

/// <summary>Who acts for the reader by exchanged tokens is shown, and stopped.</summary>
public sealed class ActingTests
{
    private const string Page = "/portal/sessions";

    [Fact]
    public async Task Who_acts_is_shown_and_stopped_and_nobody_elses()
    {
        await using var server = await PortalServer.StartAsync();
        await Exchanging.AddAsync(server);
        var (access, _) = await server.OAuth2Async();
        await server.ExchangedAsync(access);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        var exchanged = await server.ExchangedAsync(access);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        using var visitor = await Visitor.SignedInAsync(server);
        using var other = await Visitor.SignedInAsync(server, Known.OtherEmail);

        var page = WebUtility.HtmlDecode(await visitor.PageAsync(Page));
        Assert.Contains("Acts for you: ACME Agent", page, StringComparison.Ordinal);
        AssertTime(page, "Since", TurnstoneServer.Start);
        AssertTime(page, "Last used", TurnstoneServer.Start.AddMinutes(2));
        AssertTime(page, "Ends", new JsonWebToken(exchanged).ValidTo);
        Assert.DoesNotContain("ACME Agent", await other.PageAsync(Page), StringComparison.Ordinal);
        using var foreign = await other.SendAsync(Page, $"{Page}?handler=Stop", ("clientId", Exchanging.Agent));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);

        using var stopped = await visitor.SendAsync(Page, $"{Page}?handler=Stop", ("clientId", Exchanging.Agent));

        Assert.Equal(Page, stopped.Headers.Location?.OriginalString);
        var after = await visitor.PageAsync(Page);
        Assert.Contains("It no longer acts for you.", after, StringComparison.Ordinal);
        Assert.DoesNotContain("Acts for you", after, StringComparison.Ordinal);
        using var used = await server.GetAsync("/v3/individuals", exchanged);
        Assert.Equal(HttpStatusCode.Unauthorized, used.StatusCode);
        using var again = await visitor.SendAsync(Page, $"{Page}?handler=Stop", ("clientId", Exchanging.Agent));
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);

        // The record names the person and the client, and says it in the reader's words.
        var activity = WebUtility.HtmlDecode(await visitor.PageAsync("/portal/activity"));
        Assert.Contains("Token of “shop” exchanged", activity, StringComparison.Ordinal);
    }

    private static void AssertTime(string page, string name, DateTimeOffset time) =>
        Assert.Contains(
            $"<dt>{name}</dt><dd><time datetime=\"{time.UtcDateTime:s}Z\"",
            page[page.IndexOf("id=\"acting\"", StringComparison.Ordinal)..],
            StringComparison.Ordinal
        );
}

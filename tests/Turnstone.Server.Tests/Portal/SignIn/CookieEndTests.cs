using System.Net;

namespace Turnstone.Server.Tests.Portal.SignIn;

public sealed class CookieEndTests
{
    [Fact]
    public async Task A_cookie_that_is_used_every_week_ends_thirty_days_after_its_sign_in()
    {
        await using var server = await PortalServer.StartAsync();

        // Its cookie has no date of its own, as a thief's copy has none: only the server ends it.
        using var visitor = await Visitor.SignedInAsync(server);
        foreach (var days in new[] { 10, 10, 9 })
        {
            server.Time.Advance(TimeSpan.FromDays(days));
            Assert.True(await visitor.IsInAsync());
        }

        server.Time.Advance(TimeSpan.FromDays(1));

        Assert.False(await visitor.IsInAsync());
    }

    [Fact]
    public async Task A_copy_of_a_cookie_ends_with_the_sign_out_on_every_node_and_another_browser_goes_on()
    {
        await using var server = await PortalServer.StartAsync();
        await using var node = await PortalServer.StartAsync(beside: server);
        using var owner = await Visitor.SignedInAsync(server);
        using var elsewhere = await Visitor.SignedInAsync(server);
        using var thief = Copied(owner, server);
        using var thiefAtTheOtherNode = Copied(owner, node);
        Assert.True(await thief.IsInAsync());
        Assert.True(await thiefAtTheOtherNode.IsInAsync());

        using var answer = await owner.SendAsync("/portal", "/portal/sign-out");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.False(await thief.IsInAsync());
        Assert.False(await thiefAtTheOtherNode.IsInAsync());
        Assert.True(await elsewhere.IsInAsync());
    }

    [Fact]
    public async Task A_cookie_that_was_renewed_after_it_was_copied_ends_with_the_sign_out_of_the_copy()
    {
        await using var server = await PortalServer.StartAsync();
        using var owner = await Visitor.SignedInAsync(server);
        using var thief = Copied(owner, server);
        server.Time.Advance(TimeSpan.FromDays(10));
        Assert.True(await thief.IsInAsync());

        using var answer = await owner.SendAsync("/portal", "/portal/sign-out");

        Assert.False(await thief.IsInAsync());
    }

    private static Visitor Copied(Visitor owner, TurnstoneServer server)
    {
        var cookies = new CookieContainer();
        foreach (Cookie cookie in owner.Cookies.GetAllCookies())
        {
            cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", server.BaseAddress.Host));
        }

        return new Visitor(server.BaseAddress, cookies: cookies);
    }
}

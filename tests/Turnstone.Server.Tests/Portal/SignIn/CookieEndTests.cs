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
}

using System.Net;

namespace Turnstone.Server.Tests.Contracts.AuthV2.Refresh;

public sealed class Created201Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData("token")]
    [InlineData("refresh_token")]
    public async Task A_refresh_token_gives_the_next_token_set(string member)
    {
        var first = await auth.LoginAsync();
        using var response = await auth.V2Async("refresh", AuthServer.TokenBody(first.Refresh, member));
        var second = await AuthServer.PairAsync(response);
        Assert.NotEqual(first.Refresh, second.Refresh);
        await Golden.CheckAsync(response, "refresh-201");
    }

    [Fact]
    public async Task The_same_token_in_both_members_is_one_token()
    {
        var first = await auth.LoginAsync();
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Created,
            auth.V2Async("refresh", $$"""{"token":"{{first.Refresh}}","refresh_token":"{{first.Refresh}}"}""")
        );
    }

    [Fact]
    public async Task A_client_that_lost_the_answer_gets_it_again()
    {
        var first = await auth.LoginAsync();
        var answer = await AuthServer.PairAsync(await auth.V2Async("refresh", AuthServer.TokenBody(first.Refresh)));
        var again = await AuthServer.PairAsync(await auth.V2Async("refresh", AuthServer.TokenBody(first.Refresh)));
        Assert.Equal(answer.Refresh, again.Refresh);
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Created,
            auth.V2Async("refresh", AuthServer.TokenBody(again.Refresh))
        );
    }

    [Fact]
    public async Task An_idempotency_key_gets_the_lost_answer_long_after()
    {
        await using var own = await AuthServer.StartAsync();
        var first = await own.LoginAsync();
        var answer = await AuthServer.PairAsync(
            await own.V2Async("refresh", AuthServer.TokenBody(first.Refresh), ("Idempotency-Key", "attempt 1"))
        );
        own.Server.Time.Advance(TimeSpan.FromHours(3));
        var again = await AuthServer.PairAsync(
            await own.V2Async("refresh", AuthServer.TokenBody(first.Refresh), ("Idempotency-Key", "attempt 1"))
        );
        Assert.Equal(answer.Refresh, again.Refresh);
    }

    [Fact]
    public async Task A_session_of_the_predecessor_refreshes_here()
    {
        var code = await Known.CodeAsync(auth.Server.Services, "auth");
        var first = await AuthServer.PairAsync(
            await auth.V1Async(HttpMethod.Get, $"token?code={code}"),
            HttpStatusCode.OK
        );
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Created,
            auth.V2Async("refresh", AuthServer.TokenBody(first.Refresh))
        );
    }
}

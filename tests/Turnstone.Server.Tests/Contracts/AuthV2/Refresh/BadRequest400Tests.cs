using System.Net;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Contracts.AuthV2.Refresh;

public sealed class BadRequest400Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData("")]
    [InlineData("tsr_")]
    [InlineData("not a refresh token")]
    [InlineData("tsr_\u00e9\0")]
    public async Task A_token_that_is_none_is_refused(string token)
    {
        using var response = await auth.V2Async("refresh", AuthServer.TokenBody(token));
        await Golden.CheckAsync(response, "refresh-400-invalid");
    }

    [Fact]
    public async Task A_changed_token_is_refused_and_the_real_one_stays_good()
    {
        var pair = await auth.LoginAsync();
        var changed = pair.Refresh[..10] + (pair.Refresh[10] == 'A' ? 'B' : 'A') + pair.Refresh[11..];
        using var response = await auth.V2Async("refresh", AuthServer.TokenBody(changed));
        await Golden.CheckAsync(response, "refresh-400-invalid");
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Created,
            auth.V2Async("refresh", AuthServer.TokenBody(pair.Refresh))
        );
    }

    [Fact]
    public async Task A_token_two_generations_old_ends_the_session()
    {
        var first = await auth.LoginAsync();
        var second = await AuthServer.PairAsync(await auth.V2Async("refresh", AuthServer.TokenBody(first.Refresh)));
        var third = await AuthServer.PairAsync(await auth.V2Async("refresh", AuthServer.TokenBody(second.Refresh)));
        using var reuse = await auth.V2Async("refresh", AuthServer.TokenBody(first.Refresh));
        await Golden.CheckAsync(reuse, "refresh-400-reused");

        using var victim = await auth.V2Async("refresh", AuthServer.TokenBody(third.Refresh));
        await Golden.CheckAsync(victim, "refresh-400-revoked");
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Unauthorized,
            auth.V2Async("validate", null, ("Authorization", $"Bearer {third.Access}"))
        );
    }

    [Fact]
    public async Task An_expired_token_is_refused()
    {
        await using var own = await AuthServer.StartAsync();
        var pair = await own.LoginAsync();
        own.Server.Time.Advance(TimeSpan.FromDays(14));
        using var response = await own.V2Async("refresh", AuthServer.TokenBody(pair.Refresh));
        await Golden.CheckAsync(response, "refresh-400-expired");
    }

    [Fact]
    public async Task Where_the_terms_say_so_an_early_refresh_is_told_how_long_to_wait()
    {
        await using var own = await AuthServer.StartAsync(AuthServer.Terms with { Early = EarlyRefresh.Reject });
        var pair = await own.LoginAsync();
        using var response = await own.V2Async("refresh", AuthServer.TokenBody(pair.Refresh));
        Assert.Equal(TimeSpan.FromHours(12), response.Headers.RetryAfter!.Delta);
        await Golden.CheckAsync(response, "refresh-400-too-early");
    }
}

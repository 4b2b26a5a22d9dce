using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// Requests that are refused whoever sends them have a rate for each network. Above it they alone are answered 429, in
/// the shape of their place.
/// </summary>
public sealed class InvalidRequestLimitTests
{
    private const int Limit = 5;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/nowhere", "application/problem+json")]
    [InlineData("GET", "/auth/v2/nowhere", "application/json; charset=utf-8")]
    [InlineData("PUT", "/v3/auth/login", "application/problem+json")]
    [InlineData("POST", "/v3/auth/login", "application/problem+json")]
    [InlineData("POST", "/auth/v1/refresh-token", "application/json; charset=utf-8")]
    [InlineData("POST", "/oauth2/token", "application/json; charset=utf-8")]
    [InlineData("GET", "/v1/oauth/nowhere", "application/json; charset=utf-8")]
    [InlineData("GET", "/portal/nowhere", "text/plain; charset=utf-8")]
    [InlineData("DELETE", "/portal/sign-in", "text/plain; charset=utf-8")]
    public async Task Too_many_of_a_network_are_429_and_no_other_request_is(string method, string path, string shape)
    {
        await using var server = await StartAsync();
        for (var i = 0; i < Limit; i++)
        {
            using var refused = await SendAsync(server, method, path);
            Assert.Contains((int)refused.StatusCode, (int[])[400, 404, 405, 422]);
        }

        using var limited = await SendAsync(server, method, path);
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal(shape, limited.Content.Headers.ContentType?.ToString());
        Assert.InRange(limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);

        await AssertOthersAreServedAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        using var later = await SendAsync(server, method, path);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, later.StatusCode);
    }

    /// <summary>Wrong credentials have limits of their own.</summary>
    [Fact]
    public async Task A_wrong_credential_is_no_invalid_request()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 2 * Limit; i++)
        {
            using var key = await server.Http.LoginV3Async("a key that nobody has");
            Assert.Equal(HttpStatusCode.Unauthorized, key.StatusCode);
            using var token = await server.Http.RefreshV1Async("no token of ours");
            Assert.Equal(HttpStatusCode.BadRequest, token.StatusCode);
        }

        using var unknown = await SendAsync(server, "GET", "/nowhere");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static async Task AssertOthersAreServedAsync(TurnstoneServer server)
    {
        using var login = await server.Http.LoginV2Async();
        Assert.Equal(HttpStatusCode.Created, login.StatusCode);
        using var wrong = await server.Http.LoginV3Async("a key that nobody has");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var visitor = await Visitor.SignedInAsync(server);
        await visitor.PageAsync("/portal/profile");
    }

    private static Task<TurnstoneServer> StartAsync() =>
        PortalServer.StartAsync([
            $"Turnstone:Limits:InvalidRequestsPerNetwork:Count={Limit}",
            "Turnstone:Limits:InvalidRequestsPerNetwork:Seconds=60",
        ]);

    private static async Task<HttpResponseMessage> SendAsync(TurnstoneServer server, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Subscription-Key", Known.SubscriptionKey);
        if (method is "POST")
        {
            var type = path.StartsWith("/oauth2", StringComparison.Ordinal)
                ? "application/x-www-form-urlencoded"
                : "application/json";
            request.Content = new StringContent("%", Encoding.UTF8, new MediaTypeHeaderValue(type));
        }

        return await server.Http.SendAsync(request, Cancel);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Resources;

/// <summary>RFC 8707 at the token endpoint, for programs that act for themselves, and what each API is told.</summary>
public sealed class ProgramResourceTests(OneServer fixture) : IClassFixture<OneServer>
{
    [Theory]
    [InlineData("", KnownApis.Settings, "individuals.read")]
    [InlineData("&resource=https://id.example.test", KnownApis.Settings, "individuals.read")]
    [InlineData("&resource=https://orders.example.test/v1", KnownApis.Orders, "orders.read")]
    [InlineData("&resource=https://orders.example.test/v1&scope=orders.read", KnownApis.Orders, "orders.read")]
    [InlineData("&resource=&resource=https://stock.example.test", KnownApis.Stock, "stock.read")]
    [InlineData(
        "&resource=https://stock.example.test&resource=https://stock.example.test",
        KnownApis.Stock,
        "stock.read"
    )]
    [InlineData("&scope=orders.read", KnownApis.Orders, "orders.read")]
    [InlineData("&scope=individuals.read", KnownApis.Settings, "individuals.read")]
    [InlineData("&resource=urn:example:open", KnownApis.Open, null)]
    public async Task A_token_is_for_the_API_that_was_meant_and_has_no_other_scopes(
        string sent,
        string audience,
        string? scope
    )
    {
        var (status, body) = await AskAsync(sent);

        Assert.Equal((HttpStatusCode.OK, scope), (status, (string?)body["scope"]));
        var token = new JsonWebToken((string)body["access_token"]!);
        Assert.Equal([audience], token.Audiences);
        Assert.Equal(scope ?? "", token.GetClaim("scope").Value);
    }

    [Theory]
    [InlineData("&resource=https://unknown.example.test", "invalid_target", "A resource is none of this server's")]
    [InlineData("&resource=https://orders.example.test/v1/", "invalid_target", "A resource is none of this server's")]
    [InlineData("&resource=HTTPS://orders.example.test/v1", "invalid_target", "A resource is none of this server's")]
    [InlineData("&resource=no-uri", "invalid_target", "A resource is none of this server's")]
    [InlineData(
        "&resource=https://orders.example.test/v1&resource=https://stock.example.test",
        "invalid_target",
        "A token is for one resource."
    )]
    [InlineData(
        "&resource=https://orders.example.test/v1&scope=stock.read",
        "invalid_scope",
        "The scope stock.read is of another resource. Send https://stock.example.test"
    )]
    [InlineData(
        "&resource=https://id.example.test&scope=orders.read",
        "invalid_scope",
        "The scope orders.read is of another resource."
    )]
    [InlineData("&scope=orders.read stock.read", "invalid_target", "The scopes are of several APIs.")]
    [InlineData("&resource=https://orders.example.test/v1&scope=orders.write", "invalid_scope", "A requested scope")]
    public async Task What_cannot_be_meant_is_refused_in_words(string sent, string error, string words)
    {
        var (status, body) = await AskAsync(sent);

        Assert.Equal((HttpStatusCode.BadRequest, error), (status, (string?)body["error"]));
        Assert.StartsWith(words, (string)body["error_description"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://stock.example.test")]
    [InlineData("urn:example:open")]
    public async Task A_client_that_is_registered_for_none_of_its_scopes_gets_nothing_for_an_API(string resource)
    {
        var (status, body) = await AskAsync(
            $"&resource={resource}",
            Wire.Basic(Known.OtherClientId, Known.OtherClientSecret)
        );

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_target"), (status, (string?)body["error"]));
        Assert.StartsWith(
            $"The client is registered for no scope of {resource}.",
            (string)body["error_description"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_API_says_how_long_its_tokens_live_and_how_they_are_signed()
    {
        var (_, body) = await AskAsync("&resource=https://orders.example.test/v1");
        var token = new JsonWebToken((string)body["access_token"]!);

        Assert.Equal((300, "RS256"), ((int)body["expires_in"]!, token.Alg));
        Assert.Equal(KnownApis.OrdersLife, token.ValidTo - token.IssuedAt);

        (_, body) = await AskAsync("&resource=https://stock.example.test");
        Assert.Equal((3600, "ES256"), ((int)body["expires_in"]!, new JsonWebToken((string)body["access_token"]!).Alg));
    }

    /// <summary>Token substitution between APIs (RFC 9700 §4.8.2).</summary>
    [Fact]
    public async Task A_token_for_one_API_is_refused_by_every_other_and_by_the_validations()
    {
        var server = fixture.Server;
        var orders = (string)(await AskAsync("&resource=https://orders.example.test/v1")).Body["access_token"]!;
        var usual = (string)(await AskAsync("")).Body["access_token"]!;

        (HttpMethod Method, string Path)[] calls =
        [
            (HttpMethod.Post, "/auth/v1/validate-token"),
            (HttpMethod.Get, "/v1/oauth/token"),
            (HttpMethod.Get, "/v3/individuals"),
        ];
        foreach (var (method, path) in calls)
        {
            using var refused = await server.Http.WithBearerAsync(method, path, orders);
            using var taken = await server.Http.WithBearerAsync(method, path, usual);
            Assert.Equal(
                (path, HttpStatusCode.Unauthorized, HttpStatusCode.OK),
                (path, refused.StatusCode, taken.StatusCode)
            );
        }

        Assert.Equal(KnownApis.Orders, await AudienceAsync(orders, KnownApis.AsOrders));
        Assert.Null(await AudienceAsync(orders, KnownApis.AsStock));
        Assert.Null(await AudienceAsync(orders, OwnClient.Basic));
        Assert.Null(await AudienceAsync(usual, KnownApis.AsOrders));
        Assert.Equal(KnownApis.Settings, await AudienceAsync(usual, OwnClient.Basic));
    }

    [Fact]
    public async Task A_client_gives_its_token_for_an_API_back()
    {
        var token = (string)(await AskAsync("&resource=https://orders.example.test/v1")).Body["access_token"]!;
        using var answer = await fixture.Server.FormAsync("/oauth2/revoke", $"token={token}", Shop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Null(await AudienceAsync(token, KnownApis.AsOrders));
    }

    private static (string Name, string Value) Shop => Wire.Basic(Known.ClientId, Known.ClientSecret);

    private async Task<(HttpStatusCode Status, JsonObject Body)> AskAsync(
        string more,
        (string Name, string Value)? client = null
    )
    {
        using var answer = await fixture.Server.FormAsync(
            "/oauth2/token",
            $"grant_type=client_credentials{more}",
            client ?? Shop
        );
        return (answer.StatusCode, await answer.BodyAsync());
    }

    /// <summary>For which API an active token is; null for one that is not active.</summary>
    private async Task<string?> AudienceAsync(string token, (string Name, string Value) asking)
    {
        using var answer = await fixture.Server.FormAsync("/oauth2/introspect", $"token={token}", asking);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var said = await answer.BodyAsync();
        Assert.True((bool)said["active"]! || said.Count == 1);
        return (string?)said["aud"];
    }
}

/// <summary>One server with <see cref="KnownApis"/> for all rows, and a client that may introspect without being an
/// API's.</summary>
public sealed class OneServer : IAsyncLifetime
{
    public TurnstoneServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await Wire.StartAsync("Turnstone:Limits:RequestsPerCredential:Count=1000");
        await KnownApis.AddAsync(Server);
        await OwnClient.AddAsync(Server, client => client with { MayIntrospect = true });
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

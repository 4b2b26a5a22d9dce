using System.Text.Json.Nodes;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>What the guard of the library does for an unknown key, and for an issuer that is away.</summary>
public sealed class KeysOfIssuerTests
{
    private static readonly TimeSpan Pause = Turnstone.AspNetCore.Keys.IssuerKeys.Pause;

    [Fact]
    public async Task Requests_with_a_key_that_is_new_share_one_fetch_and_go_on()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Limits:LoginsPerApiKey:Count=100"]);
        await using var api = await GuardedApi.StartAsync(server);
        var hidden = true;
        api.Road.Instead = request => hidden && IsKeys(request) ? OtherKey() : null;
        var tokens = new string[20];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = await server.ByKeyAsync();
        }

        Assert.Equal(401, await api.StatusAsync("/me", tokens[0]));
        Assert.Equal(1, api.Road.AskedFor("/jwks.json"));

        hidden = false;
        server.Time.Advance(Pause);
        var answers = await Task.WhenAll(tokens.Select(token => api.StatusAsync("/me", token)));
        Assert.All(answers, status => Assert.Equal(200, status));
        Assert.Equal(2, api.Road.AskedFor("/jwks.json"));
    }

    [Fact]
    public async Task Whoever_makes_keys_up_does_not_have_the_issuer_asked_for_each()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        var token = await server.ByKeyAsync();
        Assert.Equal(200, await api.StatusAsync("/me", token));
        server.Time.Advance(Pause);
        for (var i = 0; i < 20; i++)
        {
            var made = Base64UrlText.Encode(System.Text.Encoding.UTF8.GetBytes($$"""{"alg":"ES256","kid":"{{i}}"}"""));
            Assert.Equal(401, await api.StatusAsync("/me", $"{made}.{token.Split('.')[1]}.{token.Split('.')[2]}"));
        }

        Assert.Equal(2, api.Road.AskedFor("/jwks.json"));
        Assert.Equal(200, await api.StatusAsync("/me", token));
    }

    [Fact]
    public async Task Keys_are_good_for_a_day_in_which_the_issuer_is_down_and_no_longer()
    {
        await using var server = await PortalServer.StartAsync([
            "Turnstone:Contracts:AuthV2:AccessTokenSeconds=259200",
        ]);
        await using var api = await GuardedApi.StartAsync(server);
        var (seen, unseen, late) = (
            await server.ByPasswordAsync(),
            await server.ByPasswordAsync(),
            await server.ByPasswordAsync()
        );
        Assert.Equal(200, await api.StatusAsync("/me", seen));
        api.Road.Block();

        server.Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(200, await api.StatusAsync("/me", seen));
        Assert.Equal(200, await api.StatusAsync("/me", unseen));

        server.Time.Advance(TimeSpan.FromHours(2));
        using var away = await api.GetAsync("/me", late);
        Assert.Equal((503, "1"), ((int)away.StatusCode, $"{away.Headers.RetryAfter}"));
        Assert.NotEqual(200, await api.StatusAsync("/me", seen));

        api.Road.Open();
        server.Time.Advance(Pause);
        Assert.Equal(200, await api.StatusAsync("/me", late));
        Assert.Equal(200, await api.StatusAsync("/me", seen));
    }

    [Fact]
    public async Task An_issuer_that_was_never_reached_is_503_and_its_first_answer_ends_that()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        var token = await server.ByKeyAsync();
        api.Road.Block();
        Assert.Equal(503, await api.StatusAsync("/me", token));
        api.Road.Open();
        server.Time.Advance(Pause);
        Assert.Equal(200, await api.StatusAsync("/me", token));
    }

    [Fact]
    public async Task Metadata_of_another_issuer_are_no_keys()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        api.Road.Instead = request =>
            request.RequestUri!.AbsolutePath.EndsWith("openid-configuration", StringComparison.Ordinal)
                ? """{"issuer":"https://evil.example.test","jwks_uri":"https://id.example.test/jwks.json"}"""
                : null;
        Assert.Equal(503, await api.StatusAsync("/me", await server.ByKeyAsync()));
    }

    private static bool IsKeys(HttpRequestMessage request) =>
        request.RequestUri!.AbsolutePath.EndsWith("/jwks.json", StringComparison.Ordinal);

    private static string OtherKey()
    {
        using var key = Turnstone.Testing.ClientKey.Ec("another");
        return new JsonObject { ["keys"] = new JsonArray(key.Jwk()) }.ToJsonString();
    }
}

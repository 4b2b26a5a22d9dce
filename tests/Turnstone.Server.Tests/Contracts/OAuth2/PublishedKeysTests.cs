using System.Net;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>A client of <c>private_key_jwt</c> that publishes its keys (RFC 7591 §2, <c>jwks_uri</c>).</summary>
public sealed class PublishedKeysTests
{
    private const string Path = "/jwks.json";

    [Fact]
    public async Task Its_keys_are_fetched_once_and_again_when_it_has_rotated_them()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await Wire.StartAsync();
        using var old = ClientKey.Ec("old");
        using var rotated = ClientKey.Rsa(kid: "rotated");
        using var stranger = ClientKey.Ec("stranger");
        foreign.Publish(Path, ClientKey.Set(old), "max-age=3600");
        await AddAsync(server, foreign);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, old));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, old));
        Assert.Equal(1, foreign.Asked(Path));
        server.Time.Advance(TimeSpan.FromSeconds(10));
        foreign.Publish(Path, ClientKey.Set(rotated), "max-age=3600");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, rotated));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, old));

        // Whoever makes names of keys up causes one fetch a minute, and none for the others.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, stranger));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server, rotated));
        }

        Assert.Equal(2, foreign.Asked(Path));
    }

    [Fact]
    public async Task Keys_that_cannot_be_had_are_a_clear_error_and_nobody_elses()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await AddAsync(server, foreign);
        await AssertingClient.AddAsync(server, key, id: "other");

        using var missing = await SendAsync(server, key);
        Assert.Equal(HttpStatusCode.Unauthorized, missing.StatusCode);
        Assert.Contains("404", $"{(await missing.BodyAsync())["error_description"]}", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, key, "other"));

        foreign.Publish(
            Path,
            context =>
            {
                context.Abort();
                return Task.CompletedTask;
            }
        );
        server.Time.Advance(TimeSpan.FromMinutes(1));
        using var away = await SendAsync(server, key);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Equal("temporarily_unavailable", $"{(await away.BodyAsync())["error"]}");
        Assert.Equal(TimeSpan.FromSeconds(30), away.Headers.RetryAfter?.Delta);

        foreign.Publish(Path, ClientKey.Set(key));
        server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, key));
    }

    private static async Task AddAsync(TurnstoneServer server, ForeignServer foreign)
    {
        using var none = ClientKey.Ec();
        await AssertingClient.AddAsync(server, none, client => client with { Keys = null, KeysUri = foreign.At(Path) });
    }

    private static async Task<HttpStatusCode> AskAsync(
        TurnstoneServer server,
        ClientKey key,
        string id = AssertingClient.Id
    )
    {
        using var answer = await SendAsync(server, key, id);
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(
        TurnstoneServer server,
        ClientKey key,
        string id = AssertingClient.Id
    ) => server.FormAsync("/oauth2/token", $"{AssertingClient.Grant}&{AssertingClient.Proof(server, key, id)}");
}

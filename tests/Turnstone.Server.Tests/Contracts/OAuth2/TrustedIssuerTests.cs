using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Directory.Trust;
using Turnstone.Server.Hosting.Outbound;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Testing;
using static Turnstone.Server.Tests.Contracts.OAuth2.TrustedProgram;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>The keys of an issuer are fetched by its discovery document, and what it may answer.</summary>
public sealed class TrustedIssuerTests : IAsyncLifetime
{
    private const string Document = "/.well-known/openid-configuration";
    private const string Keys = "/keys";

    private ForeignServer foreign = null!;

    private string Issuer => foreign.At("");

    public async ValueTask InitializeAsync() => foreign = await ForeignServer.StartAsync();

    public ValueTask DisposeAsync() => foreign.DisposeAsync();

    [Fact]
    public async Task Its_keys_are_fetched_once_and_again_when_it_has_rotated_them()
    {
        using var old = ClientKey.Rsa(kid: "old");
        using var rotated = ClientKey.Ec("rotated");
        Publish(old);
        await using var server = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, old));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, old));
        Assert.Equal((1, 1), (foreign.Asked(Document), foreign.Asked(Keys)));

        server.Time.Advance(TimeSpan.FromSeconds(10));
        Publish(rotated);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, rotated));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server, old));
        Assert.Equal((1, 2), (foreign.Asked(Document), foreign.Asked(Keys)));
    }

    [Fact]
    public async Task Nothing_is_fetched_for_whoever_names_an_issuer_that_the_client_does_not_trust()
    {
        using var key = ClientKey.Rsa();
        Publish(key);
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { GrantTypes = [] });
        await TrustAsync(server, Rule(key: null));

        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server, key));

        Assert.Equal(0, foreign.Asked(Document));
    }

    [Theory]
    [InlineData("another issuer", "of another issuer")]
    [InlineData("no issuer", "no discovery document")]
    [InlineData("no keys", "answers 404")]
    [InlineData("no JSON", "must answer application/json")]
    [InlineData("too long", "must answer application/json")]
    [InlineData("a redirect", "without a redirect")]
    [InlineData("a redirect of the keys", "without a redirect")]
    [InlineData("keys that are no addresses", "must begin with https")]
    [InlineData("no keys in it", "no JWK set with 1")]
    public async Task What_is_wrong_with_what_it_publishes_is_named_to_the_sender_and_to_the_owner(
        string how,
        string sentence
    )
    {
        using var key = ClientKey.Rsa();
        Publish(key);
        Spoil(how);
        await using var server = await StartAsync();

        using var answer = await AskAsync(server, key);

        var body = await answer.BodyAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (answer.StatusCode, (string?)body["error"]));
        Assert.Contains(sentence, (string?)body["error_description"], StringComparison.Ordinal);
        Assert.Equal(0, foreign.Asked("/elsewhere"));
        var store = server.Services.GetRequiredService<ITrustStore>();
        var rule = Assert.Single(await store.ListAsync(OwnClient.Id, TestContext.Current.CancellationToken));
        Assert.StartsWith("keys ", rule.Refused?.Lacked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dead")]
    [InlineData("endless")]
    public async Task One_that_does_not_answer_costs_its_clients_a_clear_error_and_nobody_else_anything(string how)
    {
        using var key = ClientKey.Rsa();
        using var other = ClientKey.Ec();
        Spoil(how);
        await using var server = await StartAsync();
        await AssertingClient.AddAsync(server, other);

        var asking = AskAsync(server, key);
        using var beside = await server.FormAsync(
            "/oauth2/token",
            $"{AssertingClient.Grant}&{AssertingClient.Proof(server, other)}"
        );
        Assert.Equal(HttpStatusCode.OK, beside.StatusCode);
        using var answer = await asking.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("temporarily_unavailable", (string?)(await answer.BodyAsync())["error"]);
        Assert.Equal(TimeSpan.FromSeconds(30), answer.Headers.RetryAfter?.Delta);

        Publish(key);
        server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, key));
    }

    [Theory]
    [InlineData("https://inside.example")]
    [InlineData("https://localhost")]
    [InlineData("https://169.254.169.254")]
    public async Task One_that_leads_inside_is_answered_as_one_that_does_not_answer(string issuer)
    {
        using var key = ClientKey.Rsa();
        var rules = new OutboundRules(Anywhere: false)
        {
            Resolve = name => name == "inside.example" ? [IPAddress.Parse("10.0.0.7")] : Dns.GetHostAddresses(name),
        };
        await using var server = await StartAsync(
            issuer,
            services => services.Replace(ServiceDescriptor.Singleton(rules))
        );

        using var answer = await AskAsync(server, key, issuer);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains(
            "from the public internet",
            (string?)(await answer.BodyAsync())["error_description"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_key_of_another_issuer_with_the_same_name_proves_nothing()
    {
        using var key = ClientKey.Rsa(kid: "one");
        using var others = ClientKey.Rsa(kid: "one");
        Publish(key);
        await using var server = await StartAsync();
        await TrustAsync(server, Rule(others));

        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server, others));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, key));
    }

    /// <summary>Whoever registers keys for a name that is not his uses up nothing of whose it is.</summary>
    [Fact]
    public async Task What_registered_keys_have_signed_is_remembered_apart()
    {
        using var key = ClientKey.Rsa();
        using var registered = ClientKey.Rsa();
        Publish(key);
        await using var server = await StartAsync();
        await OwnClient.AddAsync(server, client => client with { Id = "thief" });
        await TrustAsync(server, Rule(registered, client: "thief", issuer: Issuer));
        var claims = Claims(server, Issuer);

        using var first = await TrustedProgram.AskAsync(server, registered.Sign(claims), client: "thief");
        using var second = await TrustedProgram.AskAsync(server, key.Sign(claims));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
    }

    private void Publish(ClientKey key)
    {
        Describe(new() { ["issuer"] = Issuer, ["jwks_uri"] = foreign.At(Keys) });
        foreign.Publish(Keys, ClientKey.Set(key), "max-age=3600");
    }

    private void Describe(JsonObject document) => foreign.Publish(Document, document.ToJsonString(), "max-age=3600");

    private void Spoil(string how)
    {
        switch (how)
        {
            case "another issuer":
                Describe(new() { ["issuer"] = $"{Issuer}/", ["jwks_uri"] = foreign.At(Keys) });
                break;
            case "no issuer":
                Describe(new() { ["issuer"] = 1, ["jwks_uri"] = foreign.At(Keys) });
                break;
            case "no keys":
                Describe(new() { ["issuer"] = Issuer, ["jwks_uri"] = foreign.At("/nowhere") });
                break;
            case "keys that are no addresses":
                Describe(new() { ["issuer"] = Issuer, ["jwks_uri"] = "file:///etc/passwd" });
                break;
            case "no keys in it":
                foreign.Publish(Keys, """{"keys":[]}""");
                break;
            case "no JSON":
                foreign.Publish(Document, context => context.Response.WriteAsync("<p>"));
                break;
            case "too long":
                foreign.Publish(Document, $"{{\"issuer\":\"{new string('a', 70_000)}\"}}");
                break;
            case "a redirect":
                foreign.Publish(Document, Redirect);
                break;
            case "a redirect of the keys":
                foreign.Publish(Keys, Redirect);
                break;
            case "dead":
                foreign.Publish(
                    Document,
                    context =>
                    {
                        context.Abort();
                        return Task.CompletedTask;
                    }
                );
                break;
            default:
                foreign.PublishEndless(Document);
                break;
        }
    }

    private Task Redirect(HttpContext context)
    {
        context.Response.Redirect(foreign.At("/elsewhere"));
        return Task.CompletedTask;
    }

    private async Task<TurnstoneServer> StartAsync(string? issuer = null, Action<IServiceCollection>? services = null)
    {
        var server = await TurnstoneServer.StartAsync(AllContracts.MapAll, services: services);
        await OwnClient.AddAsync(server, client => client with { GrantTypes = [] });
        await TrustAsync(server, Rule(key: null, issuer: issuer ?? Issuer));
        return server;
    }

    private Task<HttpResponseMessage> AskAsync(TurnstoneServer server, ClientKey key, string? issuer = null) =>
        TrustedProgram.AskAsync(server, key.Sign(Claims(server, issuer ?? Issuer)));

    private async Task<HttpStatusCode> StatusAsync(TurnstoneServer server, ClientKey key)
    {
        using var answer = await AskAsync(server, key);
        return answer.StatusCode;
    }
}

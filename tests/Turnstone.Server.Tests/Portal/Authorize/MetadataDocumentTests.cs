using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>
/// Clients whose id is the address of a metadata document (draft-ietf-oauth-client-id-metadata-document).
/// </summary>
public sealed class MetadataDocumentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_nobody_has_made_is_let_in_and_goes_on_when_its_document_is_away()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var id = foreign.Publish();

        var asked = await visitor.PageAsync(DescribedClient.Url(id));
        Assert.Contains("Agent of the tests wants access", asked, StringComparison.Ordinal);
        Assert.Contains("calls itself on <strong>127.0.0.1</strong>", asked, StringComparison.Ordinal);
        Assert.Contains("Nobody here has checked", asked, StringComparison.Ordinal);
        Assert.Contains("Nobody has ever let it in", asked, StringComparison.Ordinal);
        Assert.DoesNotContain("belongs to", asked, StringComparison.Ordinal);
        Assert.Null(await server.Services.GetRequiredService<IClientStore>().FindAsync(id, Cancel));

        var tokens = await DescribedClient.LetInAsync(server, visitor, id);
        Assert.Equal(1, foreign.Asked(DescribedClient.Path));
        var later = await visitor.PageAsync(DescribedClient.Url(id));
        Assert.Contains("First allowed here", later, StringComparison.Ordinal);

        server.Time.Advance(TimeSpan.FromMinutes(10));
        foreign.Publish(DescribedClient.Path, _ => throw new InvalidOperationException());
        Assert.True(await DescribedClient.RefreshesAsync(server, id, tokens));

        // Once as anybody's, once as that of a client that is known.
        Assert.Equal(2, foreign.Asked(DescribedClient.Path));
        Assert.Contains("500", await visitor.UnprovenAsync(DescribedClient.Url(id)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Nobody", null, false)]
    [InlineData("Listed", "other.example.test", false)]
    [InlineData("Listed", "127.0.0.1", true)]
    [InlineData("Everyone", null, true)]
    public async Task The_policy_says_who_may_come_and_discovery_whether_anybody(string from, string? host, bool taken)
    {
        await using var foreign = await ForeignServer.StartAsync();
        string[] settings = host is null
            ? [$"Turnstone:Clients:MetadataDocuments={from}"]
            : [$"Turnstone:Clients:MetadataDocuments={from}", $"Turnstone:Clients:MetadataHosts:0={host}"];
        await using var server = await PortalServer.StartAsync(settings);
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.GetAsync(DescribedClient.Url(foreign.Publish()));

        Assert.Equal(taken ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(taken ? 1 : 0, foreign.Asked(DescribedClient.Path));
        using var metadata = await server.GetAsync("/.well-known/oauth-authorization-server");
        Assert.Equal(from != "Nobody", (bool)(await metadata.BodyAsync())["client_id_metadata_document_supported"]!);
    }

    [Fact]
    public async Task Its_addresses_and_scopes_are_those_of_its_document_as_it_is_now()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var id = foreign.Publish(new() { ["scope"] = "openid individuals.read secret.of.others" });
        await DescribedClient.LetInAsync(server, visitor, id, "individuals.read");

        Assert.Contains(
            "no client is registered",
            await visitor.UnprovenAsync(DescribedClient.Url(id, ("redirect_uri", "https://evil.example.test/"))),
            StringComparison.Ordinal
        );
        using var more = await visitor.GetAsync(DescribedClient.Url(id, ("scope", "secret.of.others")));
        Assert.Equal("invalid_scope", more.Answer(DescribedClient.Redirect)["error"]);

        const string Moved = "https://agent.example.test/callback";
        foreign.Publish(new() { ["redirect_uris"] = new JsonArray(Moved), ["scope"] = "openid" });
        server.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains(
            "no client is registered",
            await visitor.UnprovenAsync(DescribedClient.Url(id)),
            StringComparison.Ordinal
        );
        using var moved = await visitor.DecideAsync(
            DescribedClient.Url(id, ("redirect_uri", Moved), ("scope", "openid"))
        );
        Assert.Contains("code", moved.Answer(Moved).Keys);
        var stored = await server.Services.GetRequiredService<IClientStore>().FindAsync(id, Cancel);
        Assert.Equal((Moved, "openid"), (stored!.RedirectUris.Single(), stored.Scopes.ToString()));
    }

    [Theory]
    [InlineData("http://localhost/callback", "http://localhost:51000/callback", true)]
    [InlineData("http://localhost/callback", "http://localhost:51000/other", false)]
    [InlineData("http://localhost/callback", "http://localhost.example.test:51000/callback", false)]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:51000/callback", true)]
    [InlineData("http://127.0.0.1/callback", "http://localhost:51000/callback", false)]
    [InlineData("https://agent.example.test/callback", "https://agent.example.test:444/callback", false)]
    public async Task A_program_on_its_users_machine_takes_the_port_that_is_free(string listed, string sent, bool taken)
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var id = foreign.Publish(new() { ["redirect_uris"] = new JsonArray(listed) });

        using var answer = await visitor.GetAsync(DescribedClient.Url(id, ("redirect_uri", sent)));

        Assert.Equal(taken ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>The official C# SDK of MCP sends one.</summary>
    [Fact]
    public async Task An_empty_secret_beside_its_address_counts_as_none()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var id = foreign.Publish();
        using var decided = await visitor.DecideAsync(DescribedClient.Url(id));
        var code = decided.Answer(DescribedClient.Redirect)["code"];
        var basic = Wire.Basic(id, "");

        var (_, refresh) = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                    + $"&redirect_uri={Uri.EscapeDataString(DescribedClient.Redirect)}",
                basic
            )
            .PairAsync();

        await server.FormAsync("/oauth2/token", $"grant_type=refresh_token&refresh_token={refresh}", basic).PairAsync();
    }

    [Fact]
    public async Task One_that_signs_proves_itself_by_the_keys_that_it_publishes()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var key = ClientKey.Ec();
        using var stranger = ClientKey.Ec();
        foreign.Publish("/jwks.json", ClientKey.Set(key));
        var id = foreign.Publish(
            new() { ["token_endpoint_auth_method"] = "private_key_jwt", ["jwks_uri"] = foreign.At("/jwks.json") }
        );
        var request =
            $"client_id={Uri.EscapeDataString(id)}&redirect_uri={Uri.EscapeDataString(DescribedClient.Redirect)}"
            + $"&response_type=code&code_challenge={AuthorizeUrl.Challenge}&code_challenge_method=S256";

        // It is let in by nobody yet, and may push its request all the same.
        using var pushed = await server.FormAsync("/oauth2/par", $"{request}&{AssertingClient.Proof(server, key, id)}");
        using var forged = await server.FormAsync(
            "/oauth2/par",
            $"{request}&{AssertingClient.Proof(server, stranger, id)}"
        );
        using var unproven = await server.FormAsync("/oauth2/par", request);
        Assert.Equal(
            (HttpStatusCode.Created, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (pushed.StatusCode, forged.StatusCode, unproven.StatusCode)
        );

        using var decided = await visitor.DecideAsync(DescribedClient.Url(id));
        var code = decided.Answer(DescribedClient.Redirect)["code"];
        using var open = await DescribedClient.ExchangeAsync(server, id, code);
        Assert.Equal(HttpStatusCode.Unauthorized, open.StatusCode);
        using var tokens = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(DescribedClient.Redirect)}"
                + $"&{AssertingClient.Proof(server, key, id)}"
        );
        Assert.Equal(HttpStatusCode.OK, tokens.StatusCode);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Directory.Metadata;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Server.Tests.Portal.Administration;
using Turnstone.Storage;
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

        var tokens = await LetInAsync(server, visitor, id);
        Assert.Equal(1, foreign.Asked(DescribedClient.Path));
        var later = await visitor.PageAsync(DescribedClient.Url(id));
        Assert.Contains("First let in here", later, StringComparison.Ordinal);

        server.Time.Advance(TimeSpan.FromMinutes(10));
        foreign.Publish(DescribedClient.Path, _ => throw new InvalidOperationException());
        Assert.True(await DescribedClient.RefreshesAsync(server, id, tokens));

        // Once as anybody's, once as that of a client that is known.
        Assert.Equal(2, foreign.Asked(DescribedClient.Path));
        Assert.Contains("500", await UnprovenAsync(visitor, DescribedClient.Url(id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_sees_blocks_and_ends_it_like_any_other()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await Administrators.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var id = foreign.Publish();
        var tokens = await LetInAsync(server, visitor, id);

        var list = await visitor.PageAsync("/portal/admin/clients?Part=127.0.0.1");
        var page = System.Text.RegularExpressions.Regex.Match(list, "href=\"(/portal/admin/clients/http[^\"]+)\"");
        var path = WebUtility.HtmlDecode(page.Groups[1].Value);
        Assert.Contains("it describes itself at its address", await visitor.PageAsync(path), StringComparison.Ordinal);
        using var disabled = await visitor.SendAsync(
            path,
            $"{path}?handler=Disable",
            ("Reason", Administrators.Reason),
            ("Password", Known.Password)
        );

        Assert.Equal(HttpStatusCode.Redirect, disabled.StatusCode);
        Assert.False(await DescribedClient.RefreshesAsync(server, id, tokens));
        server.Time.Advance(TimeSpan.FromHours(2));
        using var again = await Visitor.SignedInAsync(server);
        Assert.Contains(
            "no client is registered",
            await UnprovenAsync(again, DescribedClient.Url(id)),
            StringComparison.Ordinal
        );
        Assert.Equal(1, foreign.Asked(DescribedClient.Path));
    }

    public static TheoryData<string, string> Wrong { get; } =
        new()
        {
            { """{"client_id":"https://other.example.test/client.json"}""", "its client_id is not the address" },
            { """{"client_id":null}""", "its client_id is not the address" },
            { """{"client_secret":"x"}""", "client_secret" },
            { """{"client_secret_expires_at":0}""", "client_secret" },
            { """{"token_endpoint_auth_method":"client_secret_basic"}""", "must be private_key_jwt or none" },
            { """{"token_endpoint_auth_method":"client_secret_jwt"}""", "must be private_key_jwt or none" },
            { """{"token_endpoint_auth_method":"private_key_jwt"}""", "jwks or jwks_uri" },
            { """{"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"oct","k":"AQ"}]}}""", "jwks" },
            { """{"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"http://10.0.0.1/k"}""", "jwks_uri" },
            { """{"redirect_uris":[]}""", "redirect_uris" },
            { """{"redirect_uris":"https://a.example.test/"}""", "redirect_uris" },
            { """{"redirect_uris":["http://a.example.test/"]}""", "redirect_uris[0]" },
            { """{"redirect_uris":["https://a.example.test/","javascript:alert(1)"]}""", "redirect_uris[1]" },
            { """{"redirect_uris":["https://a.example.test/*"]}""", "redirect_uris[0]" },
            { """{"redirect_uris":["https://a.example.test/#a"]}""", "redirect_uris[0]" },
            { """{"redirect_uris":["https://user@a.example.test/"]}""", "redirect_uris[0]" },
            { """{"post_logout_redirect_uris":["http://a.example.test/"]}""", "post_logout_redirect_uris[0]" },
            { """{"application_type":"web"}""", "application_type web" },
            { """{"application_type":"desktop"}""", "web or native" },
            { """{"grant_types":["client_credentials"]}""", "grant_types" },
            { """{"grant_types":["refresh_token"]}""", "grant_types" },
            { """{"response_types":["token"]}""", "response_types" },
            { """{"client_name":"turned \u202e round"}""", "client_name" },
            { """{"client_name":7}""", "client_name" },
            { """{"scope":"a\u0000b"}""", "scope" },
        };

    [Fact]
    public async Task What_is_wrong_with_a_document_is_told_and_nobody_is_sent_anywhere()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var number = 0;
        foreach (var (changes, sentence) in Wrong.Select(row => row.Data))
        {
            var path = $"/{number++}.json";
            var id = foreign.Publish(JsonNode.Parse(changes)!.AsObject(), path);
            Assert.Contains(sentence, await UnprovenAsync(visitor, DescribedClient.Url(id)), StringComparison.Ordinal);
        }

        foreign.Publish("/list.json", "[]");
        foreign.Publish("/twice.json", """{"client_id":"a","client_id":"b"}""");
        foreach (var path in new[] { "/list.json", "/twice.json" })
        {
            var url = DescribedClient.Url(foreign.At(path));
            Assert.Contains("no JSON object", await UnprovenAsync(visitor, url), StringComparison.Ordinal);
        }

        Assert.Contains(
            "404",
            await UnprovenAsync(visitor, DescribedClient.Url(foreign.At("/missing.json"))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_no_address_of_a_document_is_not_asked()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var root = foreign.At("");
        string[] ids =
        [
            root,
            $"{root}/",
            $"{root}?a=/b",
            $"{root}/a/../client.json",
            $"{root}/a/%2E%2e/client.json",
            $"{root}/./client.json",
            $"{root}/client.json#a",
            $"{root}/client.json\\a",
            root.Replace("//", "//user@", StringComparison.Ordinal) + "/client.json",
            $"{root}/{new string('a', 512)}",
            "https://id.example.test/client.json",
            "ftp://127.0.0.1/client.json",
        ];

        foreach (var id in ids)
        {
            var page = await UnprovenAsync(visitor, DescribedClient.Url(id));
            Assert.Contains("no client is registered", page, StringComparison.Ordinal);
        }

        foreign.Publish();
        using var old = await visitor.GetAsync(
            AuthorizeUrl.OAuthV1(("client_id", foreign.At(DescribedClient.Path)), ("redirect_uri", null))
        );
        Assert.Equal(HttpStatusCode.BadRequest, old.StatusCode);
        Assert.Null(foreign.Seen);
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
        await LetInAsync(server, visitor, id, "individuals.read");

        Assert.Contains(
            "no client is registered",
            await UnprovenAsync(visitor, DescribedClient.Url(id, ("redirect_uri", "https://evil.example.test/"))),
            StringComparison.Ordinal
        );
        using var more = await visitor.GetAsync(DescribedClient.Url(id, ("scope", "secret.of.others")));
        Assert.Equal("invalid_scope", more.Answer(DescribedClient.Redirect)["error"]);

        const string Moved = "https://agent.example.test/callback";
        foreign.Publish(new() { ["redirect_uris"] = new JsonArray(Moved), ["scope"] = "openid" });
        server.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains(
            "no client is registered",
            await UnprovenAsync(visitor, DescribedClient.Url(id)),
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

    /// <summary>Whoever has a document has as many addresses for it as he likes.</summary>
    [Fact]
    public async Task One_that_was_blocked_does_not_come_back_under_another_address_of_its_host()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var blocked = foreign.Publish();
        var before = foreign.Publish(path: "/before.json");
        await LetInAsync(server, visitor, blocked);
        await LetInAsync(server, visitor, before);
        var clients = server.Services.GetRequiredService<Clients>();
        var now = server.Time.GetUtcNow();
        Assert.NotNull(
            await clients.ChangeAsync(blocked, one => one with { DisabledAt = now }, "", Caller.Operator, Cancel)
        );

        foreach (
            var id in new[]
            {
                blocked + "?again",
                blocked.Replace("http:", "HTTP:", StringComparison.Ordinal),
                foreign.Publish(path: "/other.json"),
            }
        )
        {
            using var pushed = await server.FormAsync("/oauth2/par", DescribedClient.Url(id).Split('?', 2)[1]);
            Assert.Equal("invalid_client", (string?)(await pushed.BodyAsync())["error"]);
            Assert.Contains(
                "no client is registered",
                await UnprovenAsync(visitor, DescribedClient.Url(id)),
                StringComparison.Ordinal
            );
        }

        // Whom somebody had let in is an administrator's to end.
        Assert.Contains("decision", await visitor.PageAsync(DescribedClient.Url(before)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_nobody_gave_a_token_is_forgotten_after_a_day_unless_it_was_blocked()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var used = foreign.Publish(path: "/used.json");
        var unused = foreign.Publish(path: "/unused.json");
        var blocked = foreign.Publish(path: "/blocked.json");
        await LetInAsync(server, visitor, used);
        foreach (var id in new[] { unused, blocked })
        {
            (await visitor.DecideAsync(DescribedClient.Url(id))).Dispose();
        }

        var clients = server.Services.GetRequiredService<Clients>();
        var now = server.Time.GetUtcNow();
        Assert.NotNull(
            await clients.ChangeAsync(blocked, one => one with { DisabledAt = now }, "", Caller.Operator, Cancel)
        );
        server.Time.Advance(TimeSpan.FromDays(3));
        await SweepAsync(server);

        var left = await server.Services.GetRequiredService<IClientStore>().ListAsync(null, Cancel);
        Assert.Equal(
            [blocked, used],
            left.Where(one => one.Source is ClientSource.MetadataDocument).Select(one => one.Id)
        );
    }

    private static async Task SweepAsync(TurnstoneServer server)
    {
        // The codes of a day go first, and the next round finds nothing that holds the client.
        for (var round = 0; round < 2; round++)
        {
            await server.Services.GetRequiredService<Store>().Upkeep.SweepAsync(new Retention(), Cancel);
        }
    }

    private static async Task<string> LetInAsync(
        TurnstoneServer server,
        Visitor visitor,
        string id,
        string? scope = null
    )
    {
        using var decided = await visitor.DecideAsync(DescribedClient.Url(id, ("scope", scope)));
        var code = decided.Answer(DescribedClient.Redirect)["code"];
        return await DescribedClient.ExchangeAsync(server, id, code).MemberAsync("refresh_token");
    }

    private static async Task<string> UnprovenAsync(Visitor visitor, string url)
    {
        using var answer = await visitor.GetAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return await answer.TextAsync();
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Portal.Applications;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Server.Tests.Portal.Logout;

namespace Turnstone.Server.Tests.Portal.OpenId;

/// <summary>OpenID Connect Core §8: clients that know their users by names of their own.</summary>
public sealed class PairwiseTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sector_has_its_own_name_for_a_person_and_says_it_everywhere()
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var id = await server.IdAsync();

        var shop = await LetInAsync(server, visitor);
        var again = await LetInAsync(server, visitor);
        var depot = await LetInAsync(server, visitor, Known.OtherClientId);
        var app = await LetInAsync(server, visitor, Known.PublicClientId);

        Assert.Matches("^[A-Za-z0-9_-]{43}$", shop.Subject);
        Assert.Equal((shop.Subject, shop.Subject), (again.Subject, depot.Subject));
        Assert.NotEqual(shop.Subject, app.Subject);
        foreach (var one in (Tokens[])[shop, depot, app])
        {
            Assert.Equal(one.Subject, one.Access.Subject);
            Assert.DoesNotContain(id.ToString(), one.Payload, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(one.Subject, (string?)(await InfoAsync(server, one))["sub"]);
            Assert.Equal(one.Subject, await IntrospectedAsync(server, one.Access.EncodedToken));
        }

        Assert.Equal(shop.Subject, await IntrospectedAsync(server, shop.Refresh));
        var (access, _) = await server
            .FormAsync("/oauth2/token", $"grant_type=refresh_token&refresh_token={shop.Refresh}", Basic(Known.ClientId))
            .PairAsync();
        Assert.Equal(shop.Subject, new JsonWebToken(access).Subject);

        // Another person has another name.
        using var grace = await Visitor.SignedInAsync(server, Known.OtherEmail);
        Assert.NotEqual(shop.Subject, (await LetInAsync(server, grace)).Subject);
    }

    [Fact]
    public async Task What_ends_an_account_finds_its_tokens()
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var shop = await LetInAsync(server, visitor);
        Assert.Equal(shop.Subject, (string?)(await InfoAsync(server, shop))["sub"]);

        await server
            .Of<SessionRevocation>()
            .EndAllAsync(
                SessionHolder.Account(await server.IdAsync()),
                RevocationReason.ByOperator,
                Caller.Operator,
                Cancel
            );

        Assert.Equal("invalid_token", (string?)(await InfoAsync(server, shop))["error"]);
        Assert.Null(await IntrospectedAsync(server, shop.Access.EncodedToken));
    }

    [Fact]
    public async Task A_client_that_gets_the_token_by_exchange_knows_the_person_by_its_own_name()
    {
        await using var server = await StartAsync();
        await Exchanging.AllowAsync(server, Known.OtherClientId);
        await ConsentTests.ChangeAsync(
            server,
            client => client with { SectorHost = "depot.example.test" },
            Known.OtherClientId
        );
        using var visitor = await Visitor.SignedInAsync(server);
        var shop = await LetInAsync(server, visitor);
        var depot = await LetInAsync(server, visitor, Known.OtherClientId);

        var exchanged = await server.ExchangedAsync(shop.Access.EncodedToken, client: Basic(Known.OtherClientId));

        Assert.NotEqual(shop.Subject, depot.Subject);
        Assert.Equal(depot.Subject, new JsonWebToken(exchanged).Subject);
        using var info = await server.GetAsync("/oauth2/userinfo", exchanged);
        Assert.Equal(depot.Subject, (string?)(await info.BodyAsync())["sub"]);
    }

    [Fact]
    public async Task A_hint_with_the_clients_own_name_signs_out_without_a_question()
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var shop = await LetInAsync(server, visitor);
        var app = await LetInAsync(server, visitor, Known.PublicClientId);

        using var answer = await visitor.GetAsync(GivenLogout.Url(("id_token_hint", shop.Id.EncodedToken)));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(await visitor.IsSignedInAsync());
        Assert.Equal("invalid_token", (string?)(await InfoAsync(server, shop))["error"]);
        Assert.Equal(app.Subject, (string?)(await InfoAsync(server, app))["sub"]);
    }

    [Fact]
    public async Task A_client_asks_for_a_person_by_its_own_name()
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var shop = await LetInAsync(server, visitor);

        foreach (
            var (subject, error) in new[] { (shop.Subject, null), ($"{await server.IdAsync()}", "login_required") }
        )
        {
            var claims = """{"id_token":{"sub":{"value":"SUB"}}}""".Replace("SUB", subject, StringComparison.Ordinal);
            using var answer = await visitor.GetAsync(
                AuthorizeUrl.OAuth2(("scope", "openid email offline_access"), ("claims", claims), ("prompt", "none"))
            );
            Assert.Equal(error, answer.Answer().GetValueOrDefault("error"));
        }
    }

    [Fact]
    public async Task Its_owner_keeps_the_host_that_its_names_follow_from()
    {
        await using var server = await PortalServer.StartAsync();
        var made = (await server.GivenApplicationAsync()).Client;
        await ConsentTests.ChangeAsync(server, client => client with { Pairwise = true }, made.Id);
        using var visitor = await Visitor.SignedInAsync(server);
        var own = $"/portal/applications/{made.Id}";

        async Task<string> SaveAsync(string uris)
        {
            var client = await server.Of<IClientStore>().FindAsync(made.Id, Cancel);
            using var answer = await visitor.SendAsync(
                own,
                $"{own}?handler=Save",
                ("Form.Name", "Shop"),
                ("Form.RedirectUris", uris),
                ("Form.GrantTypes", "authorization_code"),
                ("Revision", $"{client!.Revision}")
            );
            return answer.StatusCode is HttpStatusCode.Redirect ? "" : await answer.TextAsync();
        }

        Assert.Equal("", await SaveAsync($"{Given.Callback}\nhttps://shop.example.test/other"));
        Assert.Contains("Keep the host", await SaveAsync("https://other.example.test/cb"), StringComparison.Ordinal);
        Assert.Contains(
            "Keep the host",
            await SaveAsync($"{Given.Callback}\nhttps://other.example.test/cb"),
            StringComparison.Ordinal
        );
    }

    // Two clients of one sector, and one that is known to nobody else.
    private static async Task<TurnstoneServer> StartAsync()
    {
        var server = await PortalServer.StartAsync();
        foreach (
            var (id, sector) in new[]
            {
                (Known.ClientId, "example.test"),
                (Known.OtherClientId, "example.test"),
                (Known.PublicClientId, null),
            }
        )
        {
            await ConsentTests.ChangeAsync(
                server,
                client => client with { Pairwise = true, SectorHost = sector, MayIntrospect = !client.Public },
                id
            );
        }

        return server;
    }

    private static (string Name, string Value) Basic(string client) =>
        Wire.Basic(client, client == Known.ClientId ? Known.ClientSecret : Known.OtherClientSecret);

    private static async Task<Tokens> LetInAsync(
        TurnstoneServer server,
        Visitor visitor,
        string client = Known.ClientId
    )
    {
        var code = await visitor.CodeAsync(
            AuthorizeUrl.OAuth2(("client_id", client), ("scope", "openid email offline_access"), ("prompt", "consent"))
        );
        (string, string)[] basic = client == Known.PublicClientId ? [] : [Basic(client)];
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}&client_id={client}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            basic
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.BodyAsync();
        return new(
            new JsonWebToken((string)body["id_token"]!),
            new JsonWebToken((string)body["access_token"]!),
            (string)body["refresh_token"]!
        );
    }

    private static async Task<JsonObject> InfoAsync(TurnstoneServer server, Tokens tokens)
    {
        using var answer = await server.GetAsync("/oauth2/userinfo", tokens.Access.EncodedToken);
        return await answer.BodyAsync();
    }

    private static async Task<string?> IntrospectedAsync(TurnstoneServer server, string token)
    {
        using var answer = await server.FormAsync("/oauth2/introspect", $"token={token}", Basic(Known.ClientId));
        var body = await answer.BodyAsync();
        Assert.Equal((bool)body["active"]! ? Known.Email : null, (string?)body["username"]);
        return (string?)body["sub"];
    }

    private sealed record Tokens(JsonWebToken Id, JsonWebToken Access, string Refresh)
    {
        public string Subject => Id.Subject;

        public string Payload =>
            Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(Access.EncodedPayload)
            + Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(Id.EncodedPayload);
    }
}

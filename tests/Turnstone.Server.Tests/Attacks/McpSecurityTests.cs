using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Server.Hosting.Outbound;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// The attacks of the Model Context Protocol's security pages that an authorization server can do something about, by
/// their headings; docs/standards.md lists them all.
/// </summary>
public sealed class McpSecurityTests
{
    private static (string Name, string Value) Shop => Wire.Basic(Known.ClientId, Known.ClientSecret);

    [Fact]
    public async Task Confused_deputy_each_client_is_asked_for_though_the_browser_has_said_yes_to_another()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var (agent, twin) = (foreign.Publish(), foreign.Publish(path: "/twin.json"));

        using (var allowed = await visitor.DecideAsync(DescribedClient.Url(agent)))
        {
            Assert.Contains("code", allowed.Answer(DescribedClient.Redirect).Keys);
        }

        // Of the same name and address, but of another id: its question comes, and so does the first one's.
        foreach (var id in (string[])[twin, agent])
        {
            using var page = await visitor.GetAsync(DescribedClient.Url(id));
            using var silent = await visitor.GetAsync(DescribedClient.Url(id, ("prompt", "none")));
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.EndsWith("_required", silent.Answer(DescribedClient.Redirect)["error"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Confused_deputy_an_answer_goes_where_the_client_has_registered_and_its_state_comes_back()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var agent = foreign.Publish();

        using var elsewhere = await visitor.GetAsync(
            DescribedClient.Url(agent, ("redirect_uri", "https://evil.example.test/callback"))
        );
        using var allowed = await visitor.DecideAsync(DescribedClient.Url(agent, ("state", "one&only")));

        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
        Assert.Equal("one&only", allowed.Answer(DescribedClient.Redirect)["state"]);
    }

    [Fact]
    public async Task Token_passthrough_a_token_that_one_server_was_given_is_refused_by_the_next()
    {
        await using var server = await Wire.StartAsync();
        await KnownApis.AddAsync(server);
        var token = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=client_credentials&resource={Uri.EscapeDataString(KnownApis.Orders)}",
                Shop
            )
            .MemberAsync("access_token");

        using var next = await server.FormAsync("/oauth2/introspect", $"token={token}", KnownApis.AsStock);
        using var ours = await server.GetAsync("/v3/individuals", token);

        Assert.False((bool)(await next.BodyAsync())["active"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, ours.StatusCode);
    }

    [Fact]
    public async Task Server_side_request_forgery_a_client_id_leads_nowhere_inside()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync(
            services: all => all.Replace(ServiceDescriptor.Singleton(new OutboundRules(Anywhere: false)))
        );
        using var visitor = await Visitor.SignedInAsync(server);
        string[] ids =
        [
            foreign.Publish(),
            foreign.At(DescribedClient.Path).Replace("http:", "https:", StringComparison.Ordinal),
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/client.json",
            "https://[::ffff:10.0.0.1]/client.json",
            "https://10.0.0.1/client.json",
            "https://localhost/client.json",
        ];

        foreach (var id in ids)
        {
            using var answer = await visitor.GetAsync(DescribedClient.Url(id));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Location"), id);
        }

        Assert.Null(foreign.Seen);
    }

    /// <summary>What a stranger says of itself is shown or left out, and never fetched or linked.</summary>
    [Fact]
    public async Task Server_side_request_forgery_a_logo_and_other_addresses_of_a_stranger_are_not_asked_for()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync(["Turnstone:Clients:Registration=Open"]);
        using var visitor = await Visitor.SignedInAsync(server);
        const string Redirect = "http://127.0.0.1:8501/callback";
        var metadata = new JsonObject
        {
            ["client_name"] = "Agent",
            ["redirect_uris"] = new JsonArray(Redirect),
            ["token_endpoint_auth_method"] = "none",
        };
        foreach (var member in (string[])["logo_uri", "client_uri", "policy_uri", "tos_uri", "initiate_login_uri"])
        {
            metadata[member] = foreign.At($"/{member}");
        }

        using var content = new StringContent(metadata.ToJsonString(), null, "application/json");
        using var registered = await server.Http.PostAsync(
            new Uri("/oauth2/register", UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        var id = (string)(await registered.BodyAsync())["client_id"]!;
        var url = AuthorizeUrl.OAuth2(("client_id", id), ("redirect_uri", Redirect), ("scope", "openid"));

        var page = await visitor.PageAsync(url);

        Assert.Contains("Agent wants access", page, StringComparison.Ordinal);
        Assert.DoesNotContain(foreign.At(""), page, StringComparison.Ordinal);
        Assert.Null(foreign.Seen);
    }

    [Fact]
    public async Task Session_hijacking_the_answer_of_one_browser_is_none_to_another()
    {
        await using var server = await PortalServer.StartAsync();
        using var victim = await Visitor.SignedInAsync(server);
        using var thief = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var code = await thief.CodeAsync(AuthorizeUrl.OAuth2());

        // The victim's agent has a verifier of its own.
        using var brought = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={new string('v', 43)}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Shop
        );

        Assert.Equal("invalid_grant", await brought.ErrorAsync());
    }

    [Fact]
    public async Task Scope_minimization_an_agent_gets_what_it_asks_for_and_is_not_widened_by_its_next_request()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var agent = foreign.Publish();
        using var allowed = await visitor.DecideAsync(DescribedClient.Url(agent, ("scope", "offline_access")));
        using var tokens = await DescribedClient.ExchangeAsync(
            server,
            agent,
            allowed.Answer(DescribedClient.Redirect)["code"]
        );
        var granted = await tokens.BodyAsync();

        using var more = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=refresh_token&refresh_token={granted["refresh_token"]}&scope=individuals.read"
                + $"&client_id={Uri.EscapeDataString(agent)}"
        );

        Assert.Equal("offline_access", (string?)granted["scope"]);
        Assert.Equal("invalid_scope", await more.ErrorAsync());
    }

    [Fact]
    public async Task Client_impersonation_a_document_vouches_for_its_own_address_alone()
    {
        await using var foreign = await ForeignServer.StartAsync();
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var copy = foreign.Publish(new JsonObject { ["client_id"] = "https://agent.example.test/client.json" });

        using var answer = await visitor.GetAsync(DescribedClient.Url(copy));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}

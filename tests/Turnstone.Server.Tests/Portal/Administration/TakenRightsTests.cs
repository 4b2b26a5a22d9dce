using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>
/// What a client loses holds for its next request. A session that is open keeps its scopes and APIs (ADR 47) until
/// somebody ends it; whether the client may refresh is asked each time.
/// </summary>
public sealed class TakenRightsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_scope_that_is_taken_is_refused_to_the_next_request_and_an_open_session_keeps_it()
    {
        await using var server = await StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var tokens = await OpenAsync(server, ada, "email individuals.read");
        await OwnClient.ChangeAsync(server, client => client with { Scopes = Scopes.Of(["email"]) });

        using var next = await ada.GetAsync(Url("email individuals.read"));
        var refreshed = await RefreshAsync(server, tokens);

        Assert.Equal("invalid_scope", next.Answer()["error"]);
        Assert.Equal("email individuals.read", (string?)refreshed["scope"]);
        await AssertEndedByButtonAsync(server, ada, refreshed);
    }

    [Fact]
    public async Task An_API_that_is_taken_is_refused_to_the_next_request_and_an_open_session_keeps_it()
    {
        await using var server = await StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var tokens = await OpenAsync(server, ada, "email", KnownApis.Open);
        await OwnClient.ChangeAsync(server, client => client with { Resources = Turnstone.Model.Resources.None });

        using var next = await ada.GetAsync(Url("email", KnownApis.Open));
        var refreshed = await RefreshAsync(server, tokens);

        Assert.Equal("invalid_target", next.Answer()["error"]);
        Assert.Equal([KnownApis.Open], new JsonWebToken((string)refreshed["access_token"]!).Audiences);
        await AssertEndedByButtonAsync(server, ada, refreshed);
    }

    [Fact]
    public async Task A_client_that_may_not_refresh_any_more_is_refused_at_the_next_refresh_which_consumes_nothing()
    {
        await using var server = await StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var tokens = await OpenAsync(server, ada, "email");
        var grants = (await FindAsync(server)).GrantTypes;
        await OwnClient.ChangeAsync(server, client => client with { GrantTypes = ["authorization_code"] });

        Assert.Equal("unauthorized_client", (string?)(await RefreshAsync(server, tokens))["error"]);

        await OwnClient.ChangeAsync(server, client => client with { GrantTypes = grants });
        Assert.NotNull((await RefreshAsync(server, tokens))["access_token"]);
    }

    /// <summary>The button below the form, of which its hint speaks.</summary>
    private static async Task AssertEndedByButtonAsync(TurnstoneServer server, Visitor ada, JsonObject tokens)
    {
        const string Page = $"/portal/admin/clients/{OwnClient.Id}";
        using var ended = await ada.SendAsync(Page, $"{Page}?handler=EndSessions", ("Reason", Administrators.Reason));
        Assert.Equal("invalid_grant", (string?)(await RefreshAsync(server, tokens))["error"]);
    }

    private static async Task<TurnstoneServer> StartAsync()
    {
        var server = await Administrators.StartAsync();
        await KnownApis.AddAsync(server, KnownApis.Of("open", KnownApis.Open));
        await OwnClient.AddAsync(
            server,
            client => client with { Resources = Turnstone.Model.Resources.Of([KnownApis.Open]) }
        );
        return server;
    }

    private static string Url(string scope, string? resource = null) =>
        AuthorizeUrl.OAuth2(("client_id", OwnClient.Id), ("scope", scope), ("resource", resource));

    private static async Task<JsonObject> OpenAsync(
        TurnstoneServer server,
        Visitor visitor,
        string scope,
        string? resource = null
    )
    {
        var code = await visitor.CodeAsync(Url(scope, resource));
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            OwnClient.Basic
        );
        return await answer.BodyAsync();
    }

    private static async Task<JsonObject> RefreshAsync(TurnstoneServer server, JsonObject tokens)
    {
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=refresh_token&refresh_token={tokens["refresh_token"]}",
            OwnClient.Basic
        );
        return await answer.BodyAsync();
    }

    private static async Task<Client> FindAsync(TurnstoneServer server) =>
        (await server.Services.GetRequiredService<IClientStore>().FindAsync(OwnClient.Id, Cancel))!;
}

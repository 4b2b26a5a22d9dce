using System.Net;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Reference;
using Turnstone.Server.Settings;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Reference;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>A contract that is switched off by its setting does not exist, and the others do not miss it.</summary>
public sealed class SwitchedOffContractsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => new(AllContracts.List.All.Select(contract => contract.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Its_paths_its_document_and_its_mention_are_gone(string name)
    {
        var contract = AllContracts.List.All.Single(one => one.Name == name);
        await using var server = await StartAsync(name);
        using var stranger = new Visitor(server);

        using var login = await server.Http.SendJsonAsync(contract.Login.Path, new { });
        using var refresh = await server.Http.SendJsonAsync(contract.Refresh.Path, new { });
        using var document = await server.Http.GetAsync($"/openapi/{contract.Document}.json", Cancel);
        var reference = await stranger.PageAsync("/portal/reference");
        var guide = await stranger.PageAsync("/portal/guides/updating-tokens");

        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (login.StatusCode, refresh.StatusCode, document.StatusCode)
        );
        Assert.DoesNotContain($"document={contract.Document}\"", reference, StringComparison.Ordinal);
        Assert.DoesNotContain($"<code>{contract.Prefix}</code></th>", guide, StringComparison.Ordinal);
        if (contract.Authorization is { } endpoint)
        {
            using var authorize = await server.Http.GetAsync(endpoint.Path, Cancel);
            Assert.Equal(HttpStatusCode.NotFound, authorize.StatusCode);
        }

        foreach (var other in AllContracts.List.All.Where(one => one.Name != name))
        {
            using var served = await server.Http.SendJsonAsync(other.Login.Path, new { });
            Assert.NotEqual(HttpStatusCode.NotFound, served.StatusCode);
            using var its = await server.Http.GetAsync($"/openapi/{other.Document}.json", Cancel);
            Assert.Equal(HttpStatusCode.OK, its.StatusCode);
        }
    }

    [Fact]
    public async Task The_metadata_is_gone_and_the_keys_that_all_tokens_need_stay()
    {
        await using var server = await StartAsync("OAuth2");

        using var metadata = await server.Http.GetAsync("/.well-known/oauth-authorization-server", Cancel);
        using var keys = await server.Http.GetAsync("/.well-known/jwks.json", Cancel);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (metadata.StatusCode, keys.StatusCode));
    }

    [Fact]
    public async Task What_needs_a_code_without_a_client_is_refused_with_a_sentence()
    {
        await using var server = await StartAsync("AuthV1");
        using var visitor = await Visitor.SignedInAsync(server);

        var generate = await visitor.PageAsync("/portal/profile/generate-token");
        var reference = await visitor.PageAsync("/portal/reference");

        Assert.Contains("switched off", generate, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"password\"", generate, StringComparison.Ordinal);
        Assert.Contains("switched off", reference, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_the_reference_is_refused_with_a_sentence()
    {
        await using var server = await ReferenceTests.StartAsync();
        await using var without = await StartAsync("AuthV1", server);
        using var visitor = await Visitor.SignedInAsync(without);
        var token = Visitor.Antiforgery(await visitor.PageAsync("/portal/profile"));
        using var ask = new HttpRequestMessage(HttpMethod.Post, "/portal/reference/token");
        ask.Headers.Add("RequestVerificationToken", token);

        using var refused = await visitor.Http.SendAsync(ask, Cancel);

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Contains("switched off", await refused.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_goes_on_at_the_other_contract_of_its_family_on_the_terms_of_both()
    {
        await using var server = await StartAsync("AuthV1");
        using var login = await server.Http.LoginV2Async();

        using var refreshed = await server.Http.RefreshV2Async(await login.RefreshOfSetAsync());

        Assert.Equal(HttpStatusCode.Created, refreshed.StatusCode);
    }

    [Fact]
    public async Task A_server_without_any_does_not_start()
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() =>
            PortalServer.StartAsync(
                AllContracts.List.All.Select(contract => $"Turnstone:Contracts:{contract.Name}:Enabled=false")
            )
        );

        Assert.Contains("leave at least one", refused.Message, StringComparison.Ordinal);
    }

    private static Task<TurnstoneServer> StartAsync(string off, TurnstoneServer? beside = null) =>
        PortalServer.StartAsync(
            [$"Turnstone:Contracts:{off}:Enabled=false"],
            services: services => services.AddContractDocuments(AllContracts.List).AddReference(),
            rooms: app => app.MapReference(),
            beside: beside
        );
}

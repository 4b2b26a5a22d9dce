using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>A client that has registered itself (RFC 7591), from there to its tokens and its end.</summary>
public sealed class RegisteredClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_let_in_with_a_warning_and_its_end_ends_what_it_was_let_do()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Clients:Registration=Open"]);
        using var visitor = await Visitor.SignedInAsync(server);
        var (id, token) = await RegisterAsync(server);

        var asked = await visitor.PageAsync(DescribedClient.Url(id));
        Assert.Contains("called itself when it registered here", asked, StringComparison.Ordinal);
        Assert.Contains("Nobody here has checked", asked, StringComparison.Ordinal);
        using var decided = await visitor.DecideAsync(DescribedClient.Url(id));
        var code = decided.Answer(DescribedClient.Redirect)["code"];
        using var exchanged = await DescribedClient.ExchangeAsync(server, id, code);
        var refresh = (await exchanged.JsonAsync()).GetProperty("refresh_token").GetString()!;
        Assert.True(await DescribedClient.RefreshesAsync(server, id, refresh));

        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/oauth2/register/{id}");
        request.Headers.Authorization = new("Bearer", token);
        using var deleted = await server.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.False(await DescribedClient.RefreshesAsync(server, id, refresh));
        using var again = await visitor.GetAsync(DescribedClient.Url(id));
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        var sessions = await visitor.PageAsync("/portal/sessions");
        Assert.DoesNotContain("Agent of the tests", sessions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_never_got_a_token_is_swept_after_a_day()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Clients:Registration=Open"]);
        var (old, _) = await RegisterAsync(server);
        server.Time.Advance(TimeSpan.FromHours(23));
        var (young, _) = await RegisterAsync(server);
        server.Time.Advance(TimeSpan.FromHours(2));

        await server.Services.GetRequiredService<Store>().Upkeep.SweepAsync(new Retention(), Cancel);

        var store = server.Services.GetRequiredService<IClientStore>();
        Assert.Null(await store.FindAsync(old, Cancel));
        Assert.NotNull(await store.FindAsync(young, Cancel));
        Assert.NotNull(await store.FindAsync(Known.PublicClientId, Cancel));
    }

    private static async Task<(string Id, string Token)> RegisterAsync(TurnstoneServer server)
    {
        var metadata = DescribedClient.Document("ignored");
        metadata.Remove("client_id");
        using var content = new StringContent(metadata.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await server.Http.PostAsync(new Uri("/oauth2/register", UriKind.Relative), content, Cancel);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        return ((string)body["client_id"]!, (string)body["registration_access_token"]!);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Documents;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.OpenId;

/// <summary>
/// Websites and programs on libraries that other people wrote, with their defaults: requests-oauthlib and Authlib of
/// Python (tests/interop/stock.py), passport (website.mjs) and simple-oauth2 (oauth2.mjs) of JavaScript.
/// </summary>
public sealed class StockWebsitesTests
{
    private readonly string issuer = $"http://127.0.0.1:{PostgresServer.FreePort()}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("requests-oauthlib", Known.PublicClientId)]
    [InlineData("requests-oauthlib", Known.ClientId)]
    [InlineData("authlib", Known.PublicClientId)]
    [InlineData("authlib", Known.ClientId)]
    public async Task A_website_of_Python_signs_in_refreshes_and_gives_back(string library, string client)
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        await ConsentTests.ChangeAsync(server, known => known with { MayIntrospect = true });

        var told = await SignInAsync(visitor, "stock.py", library, client);

        Assert.Equal($"{await server.IdAsync()}", (string?)told["sub"]);
        Assert.Equal(Known.Email, (string?)told["email"]);
        if (library == "authlib" && client == Known.ClientId)
        {
            Assert.Equal((true, false), ((bool)told["active"]!, (bool)told["after"]!));
        }
    }

    [Fact]
    public async Task A_website_on_simple_oauth2_signs_in_refreshes_and_gives_back()
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        var told = await SignInAsync(visitor, "oauth2.mjs", "simple-oauth2", Known.ClientId);

        Assert.Equal($"{await server.IdAsync()}", (string?)told["sub"]);
        Assert.Equal("invalid_grant", (string?)told["after"]);
    }

    [Theory]
    [InlineData("stock.py", "requests-oauthlib", false)]
    [InlineData("stock.py", "authlib", false)]
    [InlineData("stock.py", "authlib", true)]
    [InlineData("oauth2.mjs", "simple-oauth2", false)]
    public async Task A_program_gets_a_token_of_its_own(string file, string library, bool byKey)
    {
        await using var server = await StartAsync();
        using var key = ClientKey.Ec(kid: null);
        await AssertingClient.AddAsync(server, key);
        var task = TaskOf(library, byKey ? AssertingClient.Id : Known.ClientId);
        task["does"] = "program";
        if (byKey)
        {
            task["key"] = key.Pem();
        }

        var told = await RunAsync(file, task);

        Assert.StartsWith("eyJ", (string?)told["access_token"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("passport-openidconnect", Known.ClientId)]
    [InlineData("openid-client", Known.PublicClientId)]
    public async Task A_website_on_passport_signs_somebody_in(string strategy, string client)
    {
        await using var server = await StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var website = new RunningProgram(
            $"exec node website.mjs {strategy} {issuer} {client} '{Known.ClientSecret}' {Known.RedirectUri}",
            await Interop.FolderAsync(),
            new Dictionary<string, string>()
        );
        var address = new Uri(await website.LineAsync("listens:"));
        using var browser = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }
        );

        using var begun = await browser.GetAsync(address, Cancel);
        using var answer = await visitor.AllowAsync(begun.Headers.Location!);

        // The one with a secret has a fixed address in its registration, and listens elsewhere here.
        using var back = await browser.GetAsync(new Uri(address, answer.Headers.Location!.PathAndQuery), Cancel);
        var told = await back.Content.ReadAsStringAsync(Cancel);

        Assert.Equal($"{await server.IdAsync()} {Known.Email}", told);
    }

    // The libraries read their own clocks, and go where the metadata say.
    private Task<TurnstoneServer> StartAsync() =>
        PortalServer.StartAsync(
            [$"urls={issuer}", $"Turnstone:Issuer={issuer}"],
            start: TimeProvider.System.GetUtcNow()
        );

    private JsonObject TaskOf(string library, string client) =>
        new()
        {
            ["library"] = library,
            ["issuer"] = issuer,
            ["client"] = client,
            ["secret"] = client == Known.ClientId ? Known.ClientSecret : null,
            ["redirect"] = Known.RedirectUri,
            ["does"] = "website",
        };

    private async Task<JsonNode> SignInAsync(Visitor visitor, string file, string library, string client)
    {
        var begun = await RunAsync(file, TaskOf(library, client));
        using var answer = await visitor.AllowAsync(new Uri((string)begun["url"]!));
        var task = TaskOf(library, client);
        (task["answer"], task["kept"]) = (answer.Headers.Location!.OriginalString, begun["kept"]?.DeepClone());
        return await RunAsync(file, task);
    }

    private static async Task<JsonNode> RunAsync(string file, JsonObject task)
    {
        // Debian's Python has Debian's packages.
        var program = file.EndsWith(".py", StringComparison.Ordinal) ? "/usr/bin/python3" : "node";
        var folder = await Interop.FolderAsync();
        return JsonNode.Parse(await Interop.ExecuteAsync(folder, program, [file], task.ToJsonString()))!;
    }
}

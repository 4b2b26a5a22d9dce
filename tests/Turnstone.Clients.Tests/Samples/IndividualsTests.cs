using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Clients.Tests.Samples;

/// <summary>
/// The sample API, guarded by the library and, with the same expectations, by nginx alone: it answers as the server's
/// own does.
/// </summary>
public sealed class IndividualsTests
{
    private const string Path = "/v3/individuals";

    // Good ones and bad ones: each is answered alike, status, headers and body.
    private static readonly string[] Queries =
    [
        "",
        "?limit=1",
        "?limit=2&after=1",
        "?limit=100&after=3",
        "?other=1",
        "?limit=0",
        "?limit=101",
        "?limit=-1",
        "?limit=%2B1",
        "?limit=1e1",
        "?limit=",
        "?limit=1&limit=1",
        "?limit=99999999999",
        "?after=",
        "?after=4",
        "?after=1&after=2",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("the library")]
    [InlineData("nginx")]
    public async Task Whoever_guards_it_it_answers_as_the_server_does_and_refuses_what_was_revoked(string guard)
    {
        await using var server = await LocalServer.StartAsync();
        await server.ApplyAsync(System.IO.Path.Combine(Repository.Root, "samples/Individuals/clients.json"));
        await using var api = await GuardedSample.StartAsync(server.Issuer, behindNginx: guard == "nginx");
        var token = await TokenAsync(server);
        await Until.HoldsAsync(async () => await StatusAsync(api.Address, token) == 200, "the API answers");

        foreach (var query in Queries)
        {
            Assert.Equal(await WholeAsync(server.Address, token, query), await WholeAsync(api.Address, token, query));
        }

        foreach (var address in (Uri[])[server.Address, api.Address])
        {
            Assert.Equal(["1", "2", "3"], await PagesAsync(address, token, "?limit=1"));
            Assert.Equal(["1", "2", "3"], await PagesAsync(address, token, "?limit=2"));
            Assert.Equal(["1", "2", "3"], await PagesAsync(address, token, ""));
            Assert.Equal("3", Assert.Single(await PagesAsync(address, token, "?after=2")));
            Assert.Empty(await PagesAsync(address, token, "?after=3"));
        }

        Assert.Equal(200, await StatusAsync(api.Address, null, ("X-API-Key", server.ApiKey)));
        Assert.Equal(200, await StatusAsync(api.Address, null, ("Subscription-Key", server.SubscriptionKey)));
        foreach (var (refused, status) in await RefusedAsync(server, token))
        {
            Assert.Equal(status, await StatusAsync(api.Address, refused));
            var own = await WholeAsync(server.Address, refused, "");
            Assert.StartsWith($": {status} application/problem+json no-store", own, StringComparison.Ordinal);

            // What nginx refuses never comes to the API, and is answered in the words of nginx.
            Assert.True(guard == "nginx" || own == await WholeAsync(api.Address, refused, ""), own);
        }

        Assert.Equal(401, await StatusAsync(api.Address, null, ("X-API-Key", "guess")));

        using var revoked = await AsClientAsync(server, Customers.ClientId, "/oauth2/revoke", ("token", token));
        Assert.Equal(200, (int)revoked.StatusCode);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Until.HoldsAsync(async () => await StatusAsync(api.Address, token) == 401, "the token is refused");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(200, await StatusAsync(api.Address, await TokenAsync(server)));
    }

    [Fact]
    public async Task One_command_runs_it_beside_the_server()
    {
        await using var both = GuardedSample.ByItsCommand(out var server);
        await Until.HoldsAsync(
            async () => await StatusAsync(both.Address, null) == 401 && await StatusAsync(server, null) == 401,
            TimeSpan.FromSeconds(60),
            "both answer"
        );
        Assert.Equal(401, await StatusAsync(both.Address, null, ("X-API-Key", "guess")));
        var key = await both.DemoKeyAsync(Cancel);
        Assert.Equal(200, await StatusAsync(both.Address, null, ("X-API-Key", key)));
        using var http = new HttpClient { BaseAddress = server };
        using var login = await http.PostAsJsonAsync("/v3/auth/login", new { api_key = key }, Cancel);
        Assert.Equal(200, await StatusAsync(both.Address, await AccessTokenAsync(login)));
    }

    /// <summary>What opens nothing: none, three that are no tokens of the server, one without the scope.</summary>
    private static async Task<(string? Token, int Status)[]> RefusedAsync(LocalServer server, string token) =>
        [
            (null, 401),
            ("guess", 401),
            (token[..^4] + "AAAA", 401),
            (token + "." + token, 401),
            (await TokenWithoutScopeAsync(server), 403),
        ];

    /// <summary>A program that may get tokens and has no scope.</summary>
    private static async Task<string> TokenWithoutScopeAsync(LocalServer server)
    {
        var file = System.IO.Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file,
            """
            {
              "clients": [
                {
                  "clientId": "other",
                  "name": "Other",
                  "clientSecret": "a client secret for the scenarios",
                  "grantTypes": ["client_credentials"]
                }
              ]
            }
            """,
            Cancel
        );
        await server.ApplyAsync(file);
        File.Delete(file);
        using var answer = await AsClientAsync(server, "other", "/oauth2/token", ("grant_type", "client_credentials"));
        return await AccessTokenAsync(answer);
    }

    private static async Task<string> TokenAsync(LocalServer server)
    {
        using var answer = await AsClientAsync(
            server,
            Customers.ClientId,
            "/oauth2/token",
            ("grant_type", "client_credentials"),
            ("scope", "individuals.read")
        );
        return await AccessTokenAsync(answer);
    }

    private static async Task<string> AccessTokenAsync(HttpResponseMessage answer)
    {
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return tokens.GetProperty("access_token").GetString()!;
    }

    private static Task<HttpResponseMessage> AsClientAsync(
        LocalServer server,
        string client,
        string path,
        params (string Name, string Value)[] form
    )
    {
        (string, string)[] all =
        [
            .. form,
            ("client_id", client),
            ("client_secret", "a client secret for the scenarios"),
        ];
        var content = new FormUrlEncodedContent(all.Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)));
        return server.Http.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
    }

    private static async Task<string[]> PagesAsync(Uri address, string token, string first)
    {
        List<string> ids = [];
        for (var query = first; query is not null; )
        {
            using var answer = await AskAsync(address, token, query);
            Assert.Equal(200, (int)answer.StatusCode);
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            var some = page.GetProperty("individuals").EnumerateArray();
            ids.AddRange(some.Select(one => one.GetProperty("id").GetString()!));
            query = answer.Headers.TryGetValues("Link", out var links)
                ? links.Single().Split('<', '>')[1][Path.Length..]
                : null;
        }

        return [.. ids];
    }

    /// <summary>Everything of an answer that means something: the trace's id is another each time.</summary>
    private static async Task<string> WholeAsync(Uri address, string? token, string query)
    {
        using var answer = await AskAsync(address, token, query);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancel))!;
        Assert.Equal((int)answer.StatusCode is not 200, body.Remove("traceId"));
        var link = answer.Headers.TryGetValues("Link", out var links) ? links.Single() : "none";
        return $"{query}: {(int)answer.StatusCode} {answer.Content.Headers.ContentType?.MediaType} "
            + $"{answer.Headers.CacheControl} {link} {body.ToJsonString()}";
    }

    private static Task<int> StatusAsync(Uri address, string? token, params (string, string)[] headers) =>
        StatusAsync(address, token, "", headers);

    private static async Task<int> StatusAsync(
        Uri address,
        string? token,
        string query,
        params (string, string)[] headers
    )
    {
        try
        {
            using var answer = await AskAsync(address, token, query, headers);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(
        Uri address,
        string? token,
        string query = "",
        params (string Name, string Value)[] headers
    )
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, Path + query));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await http.SendAsync(request, Cancel);
    }
}

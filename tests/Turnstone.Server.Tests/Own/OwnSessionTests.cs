using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Server.Tests.CommandLine;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Own;

/// <summary>What the holder of a token hears of its session, and that nobody else hears it.</summary>
public sealed class OwnSessionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_that_is_over_hears_what_became_of_it()
    {
        await using var server = await PortalServer.StartAsync();
        var (access, refresh) = await LoginAsync(server);
        Assert.Equal(("live", "good"), await StateAsync(server, access));
        Assert.Equal(("live", "refresh"), await StateAsync(server, refresh));

        server.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(("live", "expired"), await StateAsync(server, access));
        server.Time.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(("expired", "expired"), await StateAsync(server, access));
        server.Time.Advance(TimeSpan.FromDays(3));
        Assert.Equal("expired", (await StateAsync(server, refresh)).State);
    }

    [Fact]
    public async Task An_end_has_its_reason_and_the_next_step()
    {
        await using var server = await PortalServer.StartAsync();
        var (access, _) = await LoginAsync(server);
        await server.EndAsync(Assert.Single(await server.SessionsAsync()));

        var told = await AskAsync(server, HttpMethod.Get, "/own/session", access);
        Assert.Equal("ended", told.GetProperty("state").GetString());
        Assert.Equal("by_operator", told.GetProperty("reason").GetString());
        Assert.Equal("revoked", told.GetProperty("token").GetString());
        Assert.NotEqual("", told.GetProperty("next_step").GetString());
        Assert.DoesNotContain("127.0.0.1", told.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_reason_has_its_own_words()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Limits:LoginsPerApiKey:Count=100"]);
        List<string?> told = [];
        foreach (var reason in Enum.GetValues<RevocationReason>())
        {
            var (access, _) = await LoginAsync(server);
            await server.EndAsync(Assert.Single(await server.SessionsAsync()), reason);
            told.Add(
                (await AskAsync(server, HttpMethod.Get, "/own/session", access)).GetProperty("description").GetString()
            );
        }

        Assert.Equal(told.Count, told.Distinct().Count());
        Assert.DoesNotContain(told, words => words!.Contains("it was revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_not_issued_here_hears_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        var (access, refresh) = await LoginAsync(server);
        string?[] others =
        [
            null,
            "",
            "x",
            access[..^4] + "AAAA",
            refresh[..^4] + "AAAA",
            new string('a', 20_000),
            "tsr_",
        ];
        foreach (var other in others)
        {
            foreach (var (method, path) in Calls)
            {
                using var answer = await SendAsync(server, method, path, other);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
                Assert.NotEmpty(answer.Headers.WwwAuthenticate);
            }
        }
    }

    [Fact]
    public async Task An_exchanged_token_hears_of_itself_alone()
    {
        await using var server = await PortalServer.StartAsync();
        await Exchanging.AddAsync(server);
        await Exchanging.AllowAsync(server, Known.ClientId);
        var (access, _) = await server.OAuth2Async();
        var exchanged = await server.ExchangedAsync(access);

        var told = await AskAsync(server, HttpMethod.Get, "/own/session", exchanged);
        Assert.Equal("good", told.GetProperty("token").GetString());
        Assert.False(told.TryGetProperty("opened_at", out _));

        await server.EndAsync(Assert.Single(await server.SessionsAsync()));
        told = await AskAsync(server, HttpMethod.Get, "/own/session", exchanged);
        Assert.Equal(("ended", "revoked"), await StateAsync(server, exchanged));
        Assert.False(told.TryGetProperty("reason", out _));
    }

    [Fact]
    public async Task Who_has_the_access_token_keeps_nobody_from_ending_the_session()
    {
        await using var server = await PortalServer.StartAsync();
        var (access, refresh) = await LoginAsync(server);
        HttpStatusCode last;
        do
        {
            using var answer = await SendAsync(server, HttpMethod.Get, "/own/session", access);
            last = answer.StatusCode;
        } while (last is HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        await AskAsync(server, HttpMethod.Delete, "/own/session", refresh);
        Assert.Empty(await server.SessionsAsync());
    }

    [Fact]
    public async Task A_list_is_of_the_same_kind_alone()
    {
        await using var server = await PortalServer.StartAsync();
        var (access, refresh) = await LoginAsync(server);
        using var home = new CliHome();
        await server.LoginAsync(home, "/auth/v2");
        await server.LoginAsync(home, "/oauth2");
        Assert.Equal(3, (await server.SessionsAsync()).Count);

        var told = await AskAsync(server, HttpMethod.Get, "/own/sessions", access);
        var only = Assert.Single(told.GetProperty("sessions").EnumerateArray());
        Assert.Equal("/v3", only.GetProperty("contract").GetString());
        using var refused = await SendAsync(server, HttpMethod.Get, "/own/sessions", refresh);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_session_is_ended_by_its_refresh_token_and_by_no_access_token()
    {
        await using var server = await PortalServer.StartAsync();
        var (access, refresh) = await LoginAsync(server);
        using (var refused = await SendAsync(server, HttpMethod.Delete, "/own/session", access))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        Assert.Single(await server.SessionsAsync());
        await AskAsync(server, HttpMethod.Delete, "/own/session", refresh);
        await AskAsync(server, HttpMethod.Delete, "/own/session", refresh);
        Assert.Empty(await server.SessionsAsync());
        Assert.Equal(("ended", "revoked"), await StateAsync(server, access));
        Assert.Equal(
            "logout",
            (await AskAsync(server, HttpMethod.Get, "/own/session", refresh)).GetProperty("reason").GetString()
        );
    }

    [Fact]
    public async Task Who_asks_too_often_waits()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Limits:RequestsPerCredential:Count=3"]);
        var (access, _) = await LoginAsync(server);
        for (var i = 0; i < 3; i++)
        {
            await AskAsync(server, HttpMethod.Get, "/own/session", access);
        }

        using var refused = await SendAsync(server, HttpMethod.Get, "/own/session", access);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    private static readonly (HttpMethod Method, string Path)[] Calls =
    [
        (HttpMethod.Get, "/own/session"),
        (HttpMethod.Delete, "/own/session"),
        (HttpMethod.Get, "/own/sessions"),
    ];

    private static async Task<(string? State, string? Token)> StateAsync(TurnstoneServer server, string token)
    {
        var told = await AskAsync(server, HttpMethod.Get, "/own/session", token);
        return (told.GetProperty("state").GetString(), told.GetProperty("token").GetString());
    }

    private static async Task<JsonElement> AskAsync(
        TurnstoneServer server,
        HttpMethod method,
        string path,
        string token
    )
    {
        using var answer = await SendAsync(server, method, path, token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement;
    }

    private static Task<HttpResponseMessage> SendAsync(
        TurnstoneServer server,
        HttpMethod method,
        string path,
        string? token
    )
    {
        var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        return server.Http.SendAsync(request, Cancel);
    }

    private static async Task<(string Access, string Refresh)> LoginAsync(TurnstoneServer server)
    {
        using var answer = await server.Http.PostAsJsonAsync("/v3/auth/login", new { api_key = Known.ApiKey }, Cancel);
        var pair = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return (pair.GetProperty("access_token").GetString()!, pair.GetProperty("refresh_token").GetString()!);
    }
}

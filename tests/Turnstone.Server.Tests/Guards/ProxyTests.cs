using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Portal.Guides;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Guides;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Guards;

/// <summary>The real proxies with the configuration that the guide shows, in front of an API.</summary>
public sealed class ProxyTests(GuardedProxies apis) : IClassFixture<GuardedProxies>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Proxies => new(ProtectedApis.Proxies.Select(api => api.Title));

    private TurnstoneServer Server => apis.Server;

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task The_api_learns_who_calls_and_nothing_that_the_client_says_of_itself(string proxy)
    {
        var told = await ToldAsync(
            proxy,
            ("X-API-Key", Known.ApiKey),
            ("Turnstone-Subject", "root"),
            ("turnstone-client", "root"),
            ("turnstone-acr", "root"),
            ("Turnstone_Subject", "root")
        );

        Assert.Equal("api_key", told["turnstone-credential"]);
        Assert.Equal($"{await Server.IdAsync()}", told["turnstone-subject"]);
        Assert.Equal("individuals.read", told["turnstone-scope"]);
        Assert.DoesNotContain("root", told.Values);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task A_token_and_a_key_are_refused_as_soon_as_they_are_revoked(string proxy)
    {
        using var login = await Server.Http.LoginV2Async();
        var token = await login.AccessOfSetAsync();
        var account = await Server.IdAsync();
        var keys = Server.Of<ApiKeys>();
        var key = await keys.CreateAsync(
            account,
            "direct",
            Scopes.Of(["individuals.read"]),
            null,
            Caller.Operator,
            Cancel
        );
        await AnswersAsync(proxy, HttpStatusCode.OK, ("Authorization", $"Bearer {token}"));
        await AnswersAsync(proxy, HttpStatusCode.OK, ("X-API-Key", key.Text));

        await keys.RevokeAsync(account, key.Key.Id, Caller.Operator, Cancel);
        await Server
            .Of<SessionRevocation>()
            .EndAllAsync(SessionHolder.Account(account), RevocationReason.ByOwner, Caller.Operator, Cancel);

        await AnswersAsync(proxy, HttpStatusCode.Unauthorized, ("Authorization", $"Bearer {token}"));
        await AnswersAsync(proxy, HttpStatusCode.Unauthorized, ("X-API-Key", key.Text));
        await AnswersAsync(proxy, HttpStatusCode.OK, ("X-API-Key", Known.ApiKey));
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task The_challenge_of_a_401_and_of_a_403_reaches_the_client(string proxy)
    {
        using var refused = await AnswersAsync(proxy, HttpStatusCode.Unauthorized, ("Authorization", "Bearer garbage"));
        Assert.Contains("error=\"invalid_token\"", $"{refused.Headers.WwwAuthenticate}", StringComparison.Ordinal);

        var bare = await Server
            .Of<ApiKeys>()
            .CreateAsync(await Server.IdAsync(), "bare", Scopes.None, null, Caller.Operator, Cancel);
        using var lacking = await AnswersAsync(proxy, HttpStatusCode.Forbidden, ("X-API-Key", bare.Text));
        var challenge = Assert.Single(lacking.Headers.WwwAuthenticate).ToString();
        Assert.Contains("insufficient_scope", challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"individuals.read\"", challenge, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task A_bound_token_opens_the_request_that_its_proof_is_for_and_once(string proxy)
    {
        using var key = ClientKey.Ec();
        var token = await BoundAsync(key);
        var address = apis.AddressOf(proxy).AbsoluteUri;

        // What the server wants next is handed on with the refusal.
        using var missing = await AnswersAsync(proxy, HttpStatusCode.Unauthorized, ("Authorization", $"DPoP {token}"));
        Assert.StartsWith("DPoP", $"{missing.Headers.WwwAuthenticate}", StringComparison.Ordinal);
        using var wrong = await AnswersAsync(
            proxy,
            HttpStatusCode.Unauthorized,
            ("Authorization", $"DPoP {token}"),
            ("DPoP", Proof(key, token, "POST", address))
        );
        Assert.NotEmpty(wrong.Headers.GetValues("DPoP-Nonce").Single());

        (string, string)[] good = [("Authorization", $"DPoP {token}"), ("DPoP", Proof(key, token, "GET", address))];
        await AnswersAsync(proxy, HttpStatusCode.OK, good);
        await AnswersAsync(proxy, HttpStatusCode.Unauthorized, good);
        await AnswersAsync(proxy, HttpStatusCode.Unauthorized, ("Authorization", $"Bearer {token}"));
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Who_guesses_too_often_is_told_how_long_to_wait_and_nobody_else_is(string proxy)
    {
        // A network of its own for each proxy: nobody else guesses from there.
        var number = ProtectedApis.Proxies.TakeWhile(one => one.Title != proxy).Count();
        var guesser = IPAddress.Parse($"127.0.0.{10 + number}");
        var from = ("X-Forwarded-For", $"{guesser}");
        for (var guess = 0; await Server.StatusAsync("", ("X-API-Key", $"guess {guess}"), from) != 429; guess++)
        {
            Assert.InRange(guess, 0, 10_000);
        }

        using var limited = await FromAsync(guesser, proxy, "the next guess");
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.NotNull(limited.Headers.RetryAfter);
        using var good = await FromAsync(guesser, proxy, Known.ApiKey);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        await AnswersAsync(proxy, HttpStatusCode.Unauthorized, ("X-API-Key", "a guess from elsewhere"));
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task While_the_server_cannot_tell_the_client_is_told_when_to_come_again(string proxy)
    {
        await AnswersAsync(proxy, HttpStatusCode.OK, ("X-API-Key", Known.ApiKey));
        apis.Keys.Away = true;
        try
        {
            using var unknown = await AnswersAsync(
                proxy,
                HttpStatusCode.ServiceUnavailable,
                ("X-API-Key", $"not seen before by {proxy}")
            );
            Assert.NotNull(unknown.Headers.RetryAfter);
            await AnswersAsync(proxy, HttpStatusCode.OK, ("X-API-Key", Known.ApiKey));
        }
        finally
        {
            apis.Keys.Away = false;
        }
    }

    private string Proof(ClientKey key, string token, string method, string address)
    {
        var claims = ClientKey.DpopClaims(method, address, Server.Time.Now);
        claims["ath"] = (string)DpopClient.For(token).Value!;
        return key.Sign(claims, key.DpopHeader());
    }

    private async Task<string> BoundAsync(ClientKey key)
    {
        var address = new Uri(Server.BaseAddress, DpopClient.TokenPath).AbsoluteUri;
        using var request = new HttpRequestMessage(HttpMethod.Post, DpopClient.TokenPath)
        {
            Content = new FormUrlEncodedContent([
                new("grant_type", "client_credentials"),
                new("client_id", Known.ClientId),
                new("client_secret", Known.ClientSecret),
                new("scope", "individuals.read"),
            ]),
        };
        request.Headers.Add("DPoP", key.Sign(ClientKey.DpopClaims("POST", address, Server.Time.Now), key.DpopHeader()));
        using var answer = await Server.Http.SendAsync(request, Cancel);
        return (await answer.JsonAsync()).GetProperty("access_token").GetString()!;
    }

    private async Task<Dictionary<string, string>> ToldAsync(string proxy, params (string, string)[] headers)
    {
        using var answer = await AnswersAsync(proxy, HttpStatusCode.OK, headers);
        var told = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!.AsObject();
        return told.ToDictionary(one => one.Key, one => (string)one.Value!);
    }

    /// <summary>A call from another address of this machine.</summary>
    private async Task<HttpResponseMessage> FromAsync(IPAddress address, string proxy, string key)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(address, 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, apis.AddressOf(proxy));
        request.Headers.Add("X-API-Key", key);
        return await http.SendAsync(request, Cancel);
    }

    private async Task<HttpResponseMessage> AnswersAsync(
        string proxy,
        HttpStatusCode expected,
        params (string, string)[] headers
    )
    {
        var (answer, story) = await apis.CallAsync(proxy, HttpMethod.Get, headers);
        Assert.True(answer.StatusCode == expected, $"{proxy}: {answer.StatusCode}, not {expected}. {story}");
        return answer;
    }
}

/// <summary>The proxies that run, and a store of API keys that can be away.</summary>
public sealed class GuardedProxies : ProtectedApis
{
    public GuardedProxies()
        : this(new CountedApiKeys()) { }

    private GuardedProxies(CountedApiKeys keys)
        : base(Proxies, keys.Around) => Keys = keys;

    internal CountedApiKeys Keys { get; }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Turnstone.Client;
using Turnstone.Nodes.Clients;

namespace Turnstone.Clients.Tests;

/// <summary>
/// RFC 9449: where the server binds a client's tokens to a key, the clients make one when they are asked, keep it with
/// the session, and prove it at the server and at each API.
/// </summary>
public sealed class DpopTests : IDisposable
{
    private const string Userinfo = "/oauth2/userinfo";
    private const string ClientId = "bound";
    private const string Secret = "a client secret for bound tokens";

    private static readonly (string, string) Nonces = ("Turnstone:RequireDpopNonces", "true");

    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("turnstone-dpop-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_is_made_when_the_server_asks_and_outlives_the_process(bool nonces)
    {
        await using var server = await StartAsync(nonces);
        ConcurrentQueue<SessionEventKind> events = [];
        var options = await OptionsAsync(server);
        AccessToken token;
        using (var session = new TurnstoneSession(options))
        {
            session.Happened += (_, what) => events.Enqueue(what.Kind);
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server, session));
            token = await session.GetAccessTokenAsync(cancellationToken: Cancel);
            Assert.Equal("DPoP", token.Scheme);
            Assert.Equal(HttpStatusCode.OK, await AskAsync(server, session));
        }

        // Another process: nothing but what is stored.
        options.Credentials.Remove("code");
        options.Credentials["code"] = "spent";
        using var later = new TurnstoneSession(options);
        later.Happened += (_, what) => events.Enqueue(what.Kind);
        var next = await later.GetAccessTokenAsync(token, Cancel);
        Assert.NotEqual(token.Value, next.Value);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, later));
        Assert.Equal([SessionEventKind.SignedIn, SessionEventKind.Refreshed], events);

        // It is good for nobody without the key, and not twice with one proof.
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(server, "Bearer", next.Value, null));
        var proof = next.Proof(HttpMethod.Get, new Uri(server.Address, Userinfo), await NonceAsync(server, next));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(server, "DPoP", next.Value, proof));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(server, "DPoP", next.Value, proof));
    }

    [Fact]
    public async Task A_key_that_is_given_is_the_one_and_is_not_stored()
    {
        await using var server = await StartAsync(nonces: false);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = await OptionsAsync(server);
        options.ProofKey = key;
        using var session = new TurnstoneSession(options);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, session));

        var stored = JsonNode.Parse(await File.ReadAllTextAsync(Assert.Single(Stored()), Cancel))!;
        Assert.True((bool)stored["bound"]!);
        Assert.Null(stored["key"]);

        // Whoever has copied the store and not the key has a token that opens nothing; without the key it is no good
        // token for the client either, which asks for another one and is told so where it cannot prove itself.
        var token = (string)stored["access"]!;
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(server, "Bearer", token, null));
        (options.ProofKey, options.Credentials["client_secret"]) = (null, "not the secret of this client");
        using var thief = new TurnstoneSession(options);
        await Assert.ThrowsAnyAsync<SessionException>(() => thief.GetAccessTokenAsync(cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_client_that_is_not_bound_sends_no_proof()
    {
        await using var server = await StartAsync(nonces: false);
        var options = new SessionOptions { Server = server.Address, Contract = Client.Contract.OAuth2 };
        options.Credentials["client_id"] = Customers.ClientId;
        options.Credentials["client_secret"] = "a client secret for the scenarios";
        using var session = new TurnstoneSession(options);
        var token = await session.GetAccessTokenAsync(cancellationToken: Cancel);
        Assert.Equal("Bearer", token.Scheme);
        Assert.Null(token.Proof(HttpMethod.Get, server.Address));
    }

    [Theory]
    [InlineData("nistP384")]
    [InlineData("nistP521")]
    public void A_key_of_another_curve_is_refused_at_once(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var options = new SessionOptions { Server = new Uri("https://id.example.test"), ProofKey = key };
        Assert.Throws<ArgumentException>(() => new TurnstoneSession(options));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_JavaScript_client_does_the_same(bool nonces)
    {
        await using var server = await StartAsync(nonces);
        var program = Path.Combine(folder.FullName, "main.mjs");
        await File.WriteAllTextAsync(
            program,
            $$"""
            import { Session } from "{{Path.Combine(Repository.Root, "clients/typescript/src/index.js")}}";
            import { FileStore } from "{{Path.Combine(Repository.Root, "clients/typescript/src/node.js")}}";
            const [server, code, folder] = process.argv.slice(2);
            const known = {
              client_id: "{{ClientId}}", client_secret: "{{Secret}}", redirect_uri: "{{Customers.RedirectUri}}",
            };
            const events = [];
            const options = { store: new FileStore(folder), onEvent: (kind) => events.push(kind) };
            const ask = async (session) => (await session.fetch(server + "{{Userinfo}}")).status;
            const first = new Session(server, "/oauth2", { ...known, code }, options);
            const statuses = [await ask(first), await ask(first)];
            const token = await first.token();
            const later = new Session(server, "/oauth2", { ...known, code: "spent" }, options);
            const next = await later.token({ rejected: token });
            statuses.push(await ask(later));
            const bare = await fetch(server + "{{Userinfo}}", { headers: { Authorization: `Bearer ${next.value}` } });
            console.log(JSON.stringify({ statuses, events, scheme: next.scheme, other: token.value !== next.value,
              bare: bare.status }));
            """,
            Cancel
        );
        var start = new ProcessStartInfo(
            "node",
            [program, server.Issuer, await server.CodeAsync(ClientId), Path.Combine(folder.FullName, "js")]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        var error = node.StandardError.ReadToEndAsync(Cancel);
        var said = await node.StandardOutput.ReadToEndAsync(Cancel);
        await node.WaitForExitAsync(Cancel);
        Assert.True(node.ExitCode == 0, await error);
        Assert.Equal(
            """{"statuses":[200,200,200],"events":["SignedIn","Refreshed"],"scheme":"DPoP","other":true,"bare":401}""",
            said.Trim()
        );
    }

    private async Task<LocalServer> StartAsync(bool nonces)
    {
        var server = await LocalServer.StartAsync(nonces ? [Nonces] : []);
        var file = Path.Combine(folder.FullName, "bound.json");
        await File.WriteAllTextAsync(
            file,
            $$"""
            {
              "clients": [
                {
                  "clientId": "{{ClientId}}", "clientSecret": "{{Secret}}", "name": "Bound",
                  "redirectUris": ["{{Customers.RedirectUri}}"],
                  "grantTypes": ["authorization_code", "refresh_token"],
                  "scopes": ["openid", "offline_access", "individuals.read"],
                  "dpopBoundAccessTokens": true, "earlyRefresh": "allow"
                }
              ]
            }
            """,
            Cancel
        );
        await server.ApplyAsync(file);
        return server;
    }

    private async Task<SessionOptions> OptionsAsync(LocalServer server)
    {
        var options = new SessionOptions
        {
            Server = server.Address,
            Contract = Client.Contract.OAuth2,
            Store = new FileStore(Path.Combine(folder.FullName, "sessions")),
        };
        options.Credentials["client_id"] = ClientId;
        options.Credentials["client_secret"] = Secret;
        options.Credentials["redirect_uri"] = Customers.RedirectUri;
        options.Credentials["code"] = await server.CodeAsync(ClientId);
        return options;
    }

    private IEnumerable<string> Stored() =>
        System.IO.Directory.EnumerateFiles(Path.Combine(folder.FullName, "sessions"), "*.json");

    private static async Task<HttpStatusCode> AskAsync(LocalServer server, TurnstoneSession session)
    {
        using var http = new HttpClient(new TokenHandler(session, new SocketsHttpHandler()));
        using var answer = await http.GetAsync(new Uri(server.Address, $"{Userinfo}?a=query"), Cancel);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> SendAsync(LocalServer server, string scheme, string token, string? proof)
    {
        using var answer = await AnswerAsync(server, scheme, token, proof);
        return answer.StatusCode;
    }

    /// <summary>What the server would have in the next proof.</summary>
    private static async Task<string> NonceAsync(LocalServer server, AccessToken token)
    {
        var proof = token.Proof(HttpMethod.Get, new Uri(server.Address, Userinfo));
        using var answer = await AnswerAsync(server, "DPoP", token.Value, proof);
        return answer.Headers.GetValues("DPoP-Nonce").Single();
    }

    private static async Task<HttpResponseMessage> AnswerAsync(
        LocalServer server,
        string scheme,
        string token,
        string? proof
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, Userinfo));
        request.Headers.Authorization = new(scheme, token);
        if (proof is not null)
        {
            request.Headers.Add("DPoP", proof);
        }

        return await server.Http.SendAsync(request, Cancel);
    }
}

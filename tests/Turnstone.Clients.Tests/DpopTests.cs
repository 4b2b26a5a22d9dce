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
    private const int AtOnce = 8;

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
        var said = await RunAsync(
            server,
            ["node"],
            "main.mjs",
            $$"""
            import { Session } from "{{Path.Combine(Repository.Root, "clients/typescript/src/index.js")}}";
            import { FileStore } from "{{Path.Combine(Repository.Root, "clients/typescript/src/node.js")}}";
            const [server, code, folder] = process.argv.slice(2);
            const known = {
              client_id: "{{BoundClient.Id}}", client_secret: "{{BoundClient.Secret}}",
              redirect_uri: "{{Customers.RedirectUri}}",
            };
            const events = [];
            const options = { store: new FileStore(folder), onEvent: (kind) => events.push(kind) };
            const ask = async (session) => (await session.fetch(server + "{{Userinfo}}")).status;
            const first = new Session(server, "/oauth2", { ...known, code }, options);
            const statuses = [await ask(first), await ask(first)];
            const token = await first.token();
            const later = new Session(server, "/oauth2", { ...known, code: "spent" }, options);
            const next = await later.token({ rejected: token });
            statuses.push(...(await Promise.all(Array.from({ length: {{AtOnce}} }, () => ask(later)))));
            const bare = await fetch(server + "{{Userinfo}}", { headers: { Authorization: `Bearer ${next.value}` } });
            console.log(JSON.stringify({ statuses, events, scheme: next.scheme, other: token.value !== next.value,
              bare: bare.status }));
            """
        );
        Assert.Equal(
            $$"""{"statuses":[{{OkTimes(2 + AtOnce)}}],"events":["SignedIn","Refreshed"],"scheme":"DPoP","""
                + "\"other\":true,\"bare\":401}",
            said
        );
    }

    [Theory]
    [InlineData("python3", false)]
    [InlineData("python3", true)]
    [InlineData("/usr/bin/python3", true)]
    public async Task The_Python_client_does_the_same(string python, bool nonces)
    {
        await using var server = await StartAsync(nonces);
        var said = await RunAsync(
            server,
            [python, "-B"],
            "main.py",
            $$"""
            import asyncio, json, sys, urllib.error, urllib.request
            sys.path.insert(0, "{{PythonClient}}")
            from turnstone_client import AsyncSession, FileStore, Session
            server, code, folder = sys.argv[1:]
            url = server + "{{Userinfo}}"
            known = {
                "client_id": "{{BoundClient.Id}}", "client_secret": "{{BoundClient.Secret}}",
                "redirect_uri": "{{Customers.RedirectUri}}",
            }
            events = []
            def session(kind, code):
                return kind(server, "/oauth2", {**known, "code": code}, store=FileStore(folder),
                    on_event=lambda what, *_: events.append(what))
            def sent(scheme, nonce=None):
                headers = {"Authorization": f"{scheme} {fresh.value}"}
                if scheme == "DPoP":
                    headers["DPoP"] = proof or fresh.proof("GET", url, nonce)
                try:
                    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
                        return answer.status, answer.headers["DPoP-Nonce"]
                except urllib.error.HTTPError as error:
                    return error.code, error.headers["DPoP-Nonce"]
            async def go_on():
                fresh = await later.token(token)
                answers = await asyncio.gather(*(later.request("GET", url) for _ in range({{AtOnce}})))
                return fresh, [answer.status for answer in answers]

            first = session(Session, code)
            statuses = [first.request("GET", url + "?a=query").status for _ in range(2)]
            token = first.token()
            later = session(AsyncSession, "spent")
            fresh, more = asyncio.run(go_on())
            proof = None
            bare, (_, nonce) = sent("Bearer")[0], sent("DPoP")
            proof = fresh.proof("GET", url, nonce)
            with open(folder + "/default.json") as file:
                key = json.load(file)["key"]
            shown = f"{first!r} {later!r} {fresh!r} {fresh} {first._seen!r}"
            print(json.dumps({"statuses": statuses + more, "events": events, "scheme": fresh.scheme,
                "other": token.value != fresh.value, "bare": bare, "proven": [sent("DPoP")[0] for _ in range(2)],
                "shown": key in shown or fresh.value in shown}, separators=(",", ":")))
            """
        );
        Assert.Equal(
            $$"""{"statuses":[{{OkTimes(2 + AtOnce)}}],"events":["SignedIn","Refreshed"],"scheme":"DPoP","""
                + "\"other\":true,\"bare\":401,\"proven\":[200,401],\"shown\":false}",
            said
        );
    }

    [Theory]
    [InlineData("_hashlib")]
    [InlineData("_ctypes")]
    public async Task A_Python_that_cannot_sign_says_so_where_proofs_are_wanted_and_serves_elsewhere(string without)
    {
        await using var server = await StartAsync(nonces: false);
        var said = await RunAsync(
            server,
            ["python3", "-B"],
            "main.py",
            $$"""
            import sys
            sys.modules["{{without}}"] = None
            sys.path.insert(0, "{{PythonClient}}")
            from turnstone_client import FileStore, RequestRefusedError, Session
            server, code, folder = sys.argv[1:]
            known = {"client_id": "{{Customers.ClientId}}", "client_secret": "a client secret for the scenarios"}
            print(Session(server, "/oauth2", known).token().scheme)
            bound = {
                "client_id": "{{BoundClient.Id}}", "client_secret": "{{BoundClient.Secret}}",
                "redirect_uri": "{{Customers.RedirectUri}}", "code": code,
            }
            try:
                Session(server, "/oauth2", bound, store=FileStore(folder)).token()
            except RequestRefusedError as reason:
                print(*str(reason).split(". "), sep="\n")
            del sys.modules["{{without}}"]
            print(Session(server, "/oauth2", bound, store=FileStore(folder)).token().scheme)
            """
        );
        Assert.Equal(
            """
            Bearer
            The server wants proofs of a key (DPoP), and this program cannot sign them
            Run it where hashlib has OpenSSL; the session is kept.
            DPoP
            """,
            said
        );
    }

    [Fact]
    public async Task Requests_that_hear_of_a_nonce_at_the_same_time_cost_no_refresh()
    {
        await using var server = await StartAsync(nonces: true);
        ConcurrentQueue<SessionEventKind> events = [];
        using var session = new TurnstoneSession(await OptionsAsync(server));
        session.Happened += (_, what) => events.Enqueue(what.Kind);
        using var http = new HttpClient(new TokenHandler(session, new SocketsHttpHandler()));
        await session.GetAccessTokenAsync(cancellationToken: Cancel);
        var asked = Enumerable.Range(0, AtOnce).Select(_ => http.GetAsync(new Uri(server.Address, Userinfo), Cancel));
        foreach (var answer in await Task.WhenAll(asked))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }

        Assert.Equal([SessionEventKind.SignedIn], events);
    }

    private static string PythonClient => Path.Combine(Repository.Root, "clients", "python");

    private static string OkTimes(int count) => string.Join(',', Enumerable.Repeat(200, count));

    /// <summary>Runs a program with the server's address, a code and a folder; answers what it printed.</summary>
    private async Task<string> RunAsync(LocalServer server, string[] runtime, string name, string program)
    {
        var file = Path.Combine(folder.FullName, name);
        await File.WriteAllTextAsync(file, program, Cancel);
        var start = new ProcessStartInfo(
            runtime[0],
            [
                .. runtime[1..],
                file,
                server.Issuer,
                await server.CodeAsync(BoundClient.Id),
                Path.Combine(folder.FullName, "sessions"),
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Cancel);
        var said = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, await error);
        return said.Trim();
    }

    private async Task<LocalServer> StartAsync(bool nonces)
    {
        var server = await LocalServer.StartAsync(nonces ? [Nonces] : []);
        await BoundClient.ApplyAsync(server, folder.FullName);
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
        foreach (var (name, value) in await BoundClient.CredentialsAsync(server))
        {
            options.Credentials[name] = value;
        }

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

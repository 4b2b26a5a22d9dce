using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Gateways;

/// <summary>
/// HAProxy's own check of JWTs in front of an API. It reads keys from files, so whoever runs it writes those of the key
/// set and reloads; a key is published long before it signs.
/// </summary>
public sealed class HaproxyTests : IDisposable
{
    private readonly ForeignProgram haproxy = new();
    private readonly int port = Testing.PostgresServer.FreePort();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signing_key_changes_under_load_and_no_request_is_refused()
    {
        await using var server = await Wire.StartAsync();
        var ring = server.Services.GetRequiredService<SigningKeyRing>();
        await WriteAsync(server);
        haproxy.Start("haproxy", "-W", "-f", haproxy.Of("haproxy.cfg"));
        var first = await TokenAsync(server);
        await Until.HoldsAsync(
            async () => File.Exists(haproxy.Of("socket")) && await AskAsync(first) is HttpStatusCode.OK,
            "HAProxy lets a token through"
        );
        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized],
            [await AskAsync(null), await AskAsync(Bent(first)), await AskAsync(await IdLikeAsync(server))]
        );

        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoadAsync(server, stop.Token)));
        var next = await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, Cancel);
        await WriteAsync(server);
        await ReloadAsync(first);
        server.Time.Advance(KeyCalendar.Lead + TimeSpan.FromSeconds(1));
        var later = await TokenAsync(server);
        Assert.Equal((next.Kid, HttpStatusCode.OK), (new JsonWebToken(later).Kid, await AskAsync(later)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(first));
        await stop.CancelAsync();
        var answers = (await load).SelectMany(each => each).ToList();

        Assert.True(answers.Count > 20, $"{answers.Count}");
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    public void Dispose() => haproxy.Dispose();

    // The keys that the service publishes, and the rules that go by them.
    private async Task WriteAsync(TurnstoneServer server)
    {
        using var answer = await server.GetAsync("/.well-known/jwks.json");
        var keys = (await answer.BodyAsync())["keys"]!.AsArray().Where(key => (string?)key!["alg"] == "ES256").ToList();
        var rules = new List<string>();
        foreach (var key in keys)
        {
            var file = haproxy.Of($"{key!["kid"]}.pem");
            await File.WriteAllTextAsync(file, Pem(key), Cancel);
            rules.Add($"acl signed var(txn.token),jwt_verify(txn.alg,\"{file}\") 1");
        }

        await File.WriteAllTextAsync(
            haproxy.Of("haproxy.cfg"),
            $"""
            global
              stats socket {haproxy.Of("socket")} mode 600 level admin expose-fd listeners
            defaults
              mode http
              timeout connect 5s
              timeout client 30s
              timeout server 30s
            frontend api
              bind 127.0.0.1:{port}
              http-request set-var(txn.token) http_auth_bearer
              http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
              acl ours var(txn.token),jwt_payload_query('$.iss') -m str https://id.example.test
              acl here var(txn.token),jwt_payload_query('$.aud') -m str https://id.example.test
              acl kind var(txn.token),jwt_header_query('$.typ') -m str at+jwt
              {string.Join("\n  ", rules)}
              http-request deny deny_status 401 unless ours here kind signed
              http-request return status 200 content-type text/plain string {keys.Count}

            """,
            Cancel
        );
    }

    // The page says how many keys there are.
    private async Task ReloadAsync(string token)
    {
        await Bash.RunAsync($"kill -USR2 {haproxy.Id}");
        await Until.HoldsAsync(
            async () => (await AskForPageAsync(token)).Page == "2",
            "HAProxy has read its keys anew"
        );
    }

    private async Task<List<HttpStatusCode>> LoadAsync(TurnstoneServer server, CancellationToken stop)
    {
        List<HttpStatusCode> answers = [];
        while (!stop.IsCancellationRequested)
        {
            answers.Add(await AskAsync(await TokenAsync(server)));
        }

        return answers;
    }

    // A connection for each, as strangers come.
    private async Task<HttpStatusCode> AskAsync(string? token) => (await AskForPageAsync(token)).Status;

    private async Task<(HttpStatusCode Status, string Page)> AskForPageAsync(string? token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static Task<string> TokenAsync(TurnstoneServer server) =>
        server
            .FormAsync("/oauth2/token", "grant_type=client_credentials", Wire.Basic(Known.ClientId, Known.ClientSecret))
            .MemberAsync("access_token");

    // Signed by us, and no access token of this contract.
    private static async Task<string> IdLikeAsync(TurnstoneServer server) => (await server.SessionV3Async()).Access;

    private static string Bent(string token)
    {
        var dot = token.LastIndexOf('.');
        return $"{token[..dot]}.{(token[dot + 1] == 'A' ? 'B' : 'A')}{token[(dot + 2)..]}";
    }

    private static string Pem(JsonNode key)
    {
        using var read = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new() { X = Bytes(key["x"]), Y = Bytes(key["y"]) },
            }
        );
        return read.ExportSubjectPublicKeyInfoPem();
    }

    private static byte[] Bytes(JsonNode? text) =>
        Base64UrlText.TryDecode((string?)text, out var bytes) ? bytes : throw new FormatException("no base64url");
}

using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Gateways;

/// <summary>
/// Apache with mod_oauth2 as a resource server: one page is guarded by the keys that the service publishes, another by
/// asking the service about each token.
/// </summary>
public sealed class ApacheGuardTests : IDisposable
{
    private readonly ForeignProgram apache = new();
    private readonly int port = Testing.PostgresServer.FreePort();
    private readonly string issuer = $"http://127.0.0.1:{Testing.PostgresServer.FreePort()}";
    private volatile int answered;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_guards_its_pages_and_refuses_nobody_while_a_signing_key_changes_under_load()
    {
        // It reads its own clock, at which the service's arrives when the new key signs; tokens live so long here.
        var start = TimeProvider.System.GetUtcNow() - KeyCalendar.Lead;
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [$"urls={issuer}", $"Turnstone:Issuer={issuer}"],
            start: start
        );
        await OwnClient.AddAsync(
            server,
            client => client with { MayIntrospect = true, AccessLifetime = KeyCalendar.Lead * 2 }
        );

        // The key of the tests is from a later day.
        var ring = server.Services.GetRequiredService<SigningKeyRing>();
        Assert.True(await ring.RetireAsync(ring.Signing(SigningAlgorithm.ES256).Kid, Caller.Operator, Cancel));
        await StartAsync();
        var first = await TokenAsync(server);
        await ReadyAsync(first);
        foreach (var page in (string[])["keys", "asked"])
        {
            Assert.Equal(
                (page, HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
                (page, await AskAsync(page, first), await AskAsync(page, null), await AskAsync(page, Bent(first)))
            );
        }

        // Signed by the same key, and for another API.
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("keys", (await server.SessionV3Async()).Access));

        // Some before, some while the next key is shown, some when it signs.
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoadAsync(server, stop.Token)));
        await MoreAsync();
        var next = await ring.RotateAsync(SigningAlgorithm.ES256, Caller.Operator, Cancel);
        await MoreAsync();
        server.Time.Advance(KeyCalendar.Lead + TimeSpan.FromSeconds(1));
        var later = await TokenAsync(server);
        Assert.Equal(next.Kid, new JsonWebToken(later).Kid);
        Assert.Equal(HttpStatusCode.OK, await AskAsync("keys", later));
        Assert.Equal(HttpStatusCode.OK, await AskAsync("keys", first));
        await MoreAsync();
        await stop.CancelAsync();
        var answers = (await load).SelectMany(each => each).ToList();
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));

        var ended = await TokenAsync(server);
        using var revoked = await server.FormAsync("/oauth2/revoke", $"token={ended}", OwnClient.Basic);
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync("asked", ended));
    }

    public void Dispose() => apache.Dispose();

    private async Task StartAsync()
    {
        System.IO.Directory.CreateDirectory(apache.Of("pages"));
        await File.WriteAllTextAsync(apache.Of("pages/keys"), "in", Cancel);
        await File.WriteAllTextAsync(apache.Of("pages/asked"), "in", Cancel);
        string[] modules = ["mpm_event", "authn_core", "authz_core", "authz_user", "mime", "oauth2"];
        var young = $"verify.iat.slack_before={KeyCalendar.Lead.TotalSeconds * 2}";
        var asks = $"introspect.auth=client_secret_basic&client_id={OwnClient.Id}&client_secret={OwnClient.Secret}";
        await File.WriteAllTextAsync(
            apache.Of("httpd.conf"),
            $"""
            {string.Join('\n', modules.Select(one => $"LoadModule {one}_module /usr/lib/apache2/modules/mod_{one}.so"))}
            ServerRoot {apache.Folder}
            ServerName 127.0.0.1
            Listen 127.0.0.1:{port}
            PidFile {apache.Of("pid")}
            ErrorLog {apache.Of("error.log")}
            LogLevel info
            DocumentRoot {apache.Of("pages")}
            TypesConfig /dev/null
            <Location />
              AuthType oauth2
              <RequireAll>
                Require oauth2_claim iss:{issuer}
                Require oauth2_claim aud:{issuer}
              </RequireAll>
            </Location>
            <Location /keys>
              OAuth2TokenVerify jwks_uri {issuer}/.well-known/jwks.json {young}
            </Location>
            <Location /asked>
              OAuth2TokenVerify introspect {issuer}/oauth2/introspect {asks}
            </Location>

            """,
            Cancel
        );
        apache.Start("apache2", "-X", "-f", apache.Of("httpd.conf"));
    }

    private async Task MoreAsync()
    {
        var wanted = answered + 5;
        await Until.HoldsAsync(() => Task.FromResult(answered >= wanted), TimeSpan.FromSeconds(60), "Apache answers");
    }

    private async Task ReadyAsync(string token)
    {
        var seen = HttpStatusCode.ServiceUnavailable;
        try
        {
            await Until.HoldsAsync(
                async () => (seen = await AskAsync("keys", token)) is HttpStatusCode.OK,
                "Apache lets a token through"
            );
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{seen} {await File.ReadAllTextAsync(apache.Of("error.log"), Cancel)}");
        }
    }

    // Each token is a new one: Apache remembers what it has seen.
    private async Task<List<HttpStatusCode>> LoadAsync(TurnstoneServer server, CancellationToken stop)
    {
        List<HttpStatusCode> answers = [];
        while (!stop.IsCancellationRequested)
        {
            answers.Add(await AskAsync("keys", await TokenAsync(server)));
            Interlocked.Increment(ref answered);
        }

        return answers;
    }

    private async Task<HttpStatusCode> AskAsync(string page, string? token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/{page}");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var answer = await http.SendAsync(request, Cancel);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.ServiceUnavailable;
        }
    }

    private static Task<string> TokenAsync(TurnstoneServer server) =>
        server.FormAsync("/oauth2/token", "grant_type=client_credentials", OwnClient.Basic).MemberAsync("access_token");

    private static string Bent(string token)
    {
        var dot = token.LastIndexOf('.');
        return $"{token[..dot]}.{(token[dot + 1] == 'A' ? 'B' : 'A')}{token[(dot + 2)..]}";
    }
}

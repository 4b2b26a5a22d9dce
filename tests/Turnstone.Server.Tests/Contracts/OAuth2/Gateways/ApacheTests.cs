using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Model;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Portal;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Contracts.OAuth2.Gateways;

/// <summary>Apache with mod_auth_openidc, which signs people in at the service before it shows them a page.</summary>
public sealed class ApacheTests : IDisposable
{
    // Whoever asks for something else is a program, and told 401.
    private const string Page = "text/html";

    private readonly ForeignProgram apache = new();
    private readonly int port = Testing.PostgresServer.FreePort();
    private readonly string issuer = $"http://127.0.0.1:{Testing.PostgresServer.FreePort()}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_signs_people_in_and_goes_on_when_the_signing_key_changes()
    {
        // It reads its own clock, and goes where the metadata say.
        await using var server = await PortalServer.StartAsync(
            [$"urls={issuer}", $"Turnstone:Issuer={issuer}"],
            start: TimeProvider.System.GetUtcNow()
        );
        var callback = $"http://127.0.0.1:{port}/callback";
        await ConsentTests.ChangeAsync(server, client => client with { RedirectUris = [callback] });
        await StartAsync(callback);
        using var visitor = await Visitor.SignedInAsync(server);
        var person = $"{await server.IdAsync()} {Known.Email}";

        using var first = await SignInAsync(visitor);
        Assert.Equal(person, await SeenAsync(first));

        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LoadAsync(first, stop.Token)));

        // The key that signed is gone at once; the next is one that Apache has not read.
        var ring = server.Services.GetRequiredService<SigningKeyRing>();
        Assert.True(await ring.RetireAsync(ring.Signing(SigningAlgorithm.RS256).Kid, Caller.Operator, Cancel));
        using var second = await SignInAsync(visitor);

        Assert.Equal((person, person), (await SeenAsync(first), await SeenAsync(second)));
        await stop.CancelAsync();
        var seen = (await load).SelectMany(each => each).ToList();
        Assert.NotEmpty(seen);
        Assert.All(seen, one => Assert.Equal(person, one));
    }

    public void Dispose() => apache.Dispose();

    private async Task StartAsync(string callback)
    {
        System.IO.Directory.CreateDirectory(apache.Of("pages"));
        await File.WriteAllTextAsync(apache.Of("pages/index.html"), "in", Cancel);
        string[] modules =
        [
            "mpm_event",
            "authn_core",
            "authz_core",
            "authz_user",
            "headers",
            "dir",
            "mime",
            "auth_openidc",
        ];
        await File.WriteAllTextAsync(
            apache.Of("httpd.conf"),
            $"""
            {string.Join('\n', modules.Select(one => $"LoadModule {one}_module /usr/lib/apache2/modules/mod_{one}.so"))}
            ServerRoot {apache.Folder}
            ServerName 127.0.0.1
            Listen 127.0.0.1:{port}
            PidFile {apache.Of("pid")}
            ErrorLog {apache.Of("error.log")}
            DocumentRoot {apache.Of("pages")}
            TypesConfig /dev/null
            OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
            OIDCClientID {Known.ClientId}
            OIDCClientSecret "{Known.ClientSecret}"
            OIDCRedirectURI {callback}
            OIDCCryptoPassphrase a-passphrase-of-the-tests
            OIDCScope "openid email"
            OIDCPKCEMethod S256
            OIDCCacheType file
            OIDCCacheDir {apache.Folder}
            <Location />
              AuthType openid-connect
              Require valid-user
              Header set Person "%{"{OIDC_CLAIM_sub}"}e %{"{OIDC_CLAIM_email}"}e"
            </Location>

            """,
            Cancel
        );
        apache.Start("apache2", "-X", "-f", apache.Of("httpd.conf"));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        http.DefaultRequestHeaders.Accept.ParseAdd(Page);
        var seen = "nothing";
        try
        {
            await Until.HoldsAsync(
                async () => (seen = await StatusAsync(http)) == "302",
                "Apache sends strangers to the service"
            );
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{seen} {await File.ReadAllTextAsync(apache.Of("error.log"), Cancel)}");
        }
    }

    private async Task<string> StatusAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"), Cancel);
            return $"{(int)answer.StatusCode}";
        }
        catch (HttpRequestException fault)
        {
            return fault.Message;
        }
    }

    // A browser that Apache sends to the service, where the person says yes, and back.
    private async Task<HttpClient> SignInAsync(Visitor visitor)
    {
        var browser = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }
        )
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}/"),
        };
        browser.DefaultRequestHeaders.Accept.ParseAdd(Page);
        using var away = await browser.GetAsync(new Uri("/", UriKind.Relative), Cancel);
        var question = away.Headers.Location!;
        Assert.StartsWith($"{issuer}/oauth2/authorize?", question.OriginalString, StringComparison.Ordinal);
        using var asked = await visitor.GetAsync(question.PathAndQuery);
        using var allowed =
            asked.StatusCode is HttpStatusCode.OK
                ? await visitor.DecideAsync(question.PathAndQuery)
                : await visitor.GetAsync(question.PathAndQuery);
        using var back = await browser.GetAsync(allowed.Headers.Location, Cancel);
        Assert.True(
            back.StatusCode is HttpStatusCode.Found,
            $"{back.StatusCode} {await File.ReadAllTextAsync(apache.Of("error.log"), Cancel)}"
        );
        return browser;
    }

    private static async Task<List<string>> LoadAsync(HttpClient browser, CancellationToken stop)
    {
        List<string> seen = [];
        do
        {
            seen.Add(await SeenAsync(browser));
        } while (!stop.IsCancellationRequested);

        return seen;
    }

    private static async Task<string> SeenAsync(HttpClient browser)
    {
        using var page = await browser.GetAsync(new Uri("/", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return Assert.Single(page.Headers.GetValues("Person"));
    }
}

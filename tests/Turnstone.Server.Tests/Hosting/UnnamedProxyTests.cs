using System.Net;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>
/// A server in Production behind a proxy that nobody told it of: its pages say so, in the portal's look, and its log
/// says what to set.
/// </summary>
public sealed class UnnamedProxyTests
{
    private static readonly string[] Pages =
    [
        "/portal",
        "/portal/sign-in",
        "/portal/sign-up",
        "/portal/guides",
        "/portal/no-such-page",
        "/oauth2/authorize?client_id=nobody",
    ];

    [Fact]
    public async Task Behind_a_proxy_that_is_not_named_each_page_explains_itself()
    {
        await using var server = await StartAsync();
        foreach (var page in Pages)
        {
            var (status, text) = await GetAsync(server, page, "en", ("X-Forwarded-Proto", "https"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("The portal is not set up yet", text, StringComparison.Ordinal);
            Assert.Contains("turnstone-server check", text, StringComparison.Ordinal);
            Assert.Contains("/portal/assets/portal", text, StringComparison.Ordinal);
            Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
        }

        var (_, german) = await GetAsync(server, "/portal", "de", ("X-Forwarded-For", "203.0.113.9"));
        Assert.Contains("Das Portal ist noch nicht fertig eingerichtet", german, StringComparison.Ordinal);
        await AssertStyledAsync(server, german);
        Assert.Single(Logged(server, "Turnstone__Proxies__Trusted__0=127.0.0.1"));
        Assert.Single(Logged(server, "The portal cannot answer: in Production its pages need https"));
    }

    [Fact]
    public async Task A_form_that_is_sent_there_changes_nothing_and_is_no_error_of_the_server()
    {
        await using var server = await StartAsync();
        using var form = new FormUrlEncodedContent([new("email", Known.Email), new("password", Known.Password)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/portal/sign-in") { Content = form };
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);

        // A notice of an earlier page is taken away; nothing is given.
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-turnstone-notice=; expires=Thu, 01 Jan 1970", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_plain_http_a_page_names_the_address_that_begins_with_https()
    {
        await using var server = await StartAsync();
        var (status, text) = await GetAsync(server, "/portal/sign-in", "en");
        Assert.Equal(HttpStatusCode.MisdirectedRequest, status);
        Assert.Contains("href=\"https://id.example.test/portal\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_proxy_has_to_forward_the_scheme()
    {
        await using var server = await StartAsync("Turnstone:Proxies:Trusted:0=127.0.0.1");
        var (without, _) = await GetAsync(server, "/portal/sign-in", "en", ("X-Forwarded-For", "203.0.113.9"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, without);
        Assert.Single(Logged(server, "The proxy sends no X-Forwarded-Proto"));

        var (plain, _) = await GetAsync(server, "/portal/sign-in", "en", ("X-Forwarded-Proto", "http"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, plain);

        var (right, text) = await GetAsync(server, "/portal/sign-in", "en", ("X-Forwarded-Proto", "https"));
        Assert.Equal(HttpStatusCode.OK, right);
        Assert.Contains("__RequestVerificationToken", text, StringComparison.Ordinal);
        Assert.Empty(Logged(server, "The portal cannot answer"));
    }

    private static Task<TurnstoneServer> StartAsync(params string[] settings) =>
        PortalServer.StartAsync(["environment=Production", .. settings]);

    private static IEnumerable<string> Logged(TurnstoneServer server, string words) =>
        server.Log.Lines.Where(line => line.Contains(words, StringComparison.Ordinal));

    private static async Task AssertStyledAsync(TurnstoneServer server, string page)
    {
        var style = page.Split("rel=\"stylesheet\" href=\"")[1].Split('"')[0];
        using var answer = await server.Http.GetAsync(
            new Uri(style, UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(
        TurnstoneServer server,
        string path,
        string language,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept-Language", language);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

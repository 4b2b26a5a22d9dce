using System.Net;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.OpenId;

/// <summary>Which pages of other origins may read what the endpoints answer.</summary>
public sealed class CrossOriginTests
{
    private static readonly Scopes Everything = Scopes.Of(["openid", "individuals.read"]);

    private const string Own = "http://127.0.0.1:8500";

    [Theory]
    [InlineData(Own, Known.ClientId, true)]
    [InlineData("http://127.0.0.1:8501", Known.ClientId, false)]
    [InlineData("https://127.0.0.1:8500", Known.ClientId, false)]
    [InlineData("https://evil.example.test", Known.ClientId, false)]
    [InlineData("null", Known.ClientId, false)]
    [InlineData(Own, "nobody", false)]
    [InlineData("http://127.0.0.1:61023", Known.PublicClientId, true)]
    [InlineData("http://127.0.0.2:61023", Known.PublicClientId, false)]
    [InlineData("http://127.0.0.1.example.test", Known.PublicClientId, false)]
    public async Task Only_pages_where_the_client_has_a_redirect_uri_read_its_tokens(
        string origin,
        string client,
        bool allowed
    )
    {
        await using var server = await Wire.StartAsync();
        foreach (var path in (string[])["/oauth2/token", "/oauth2/revoke"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent(
                    new Dictionary<string, string>
                    {
                        ["grant_type"] = "client_credentials",
                        ["client_id"] = client,
                        ["client_secret"] = Known.ClientSecret,
                        ["token"] = "unknown",
                    }
                ),
                Headers = { { "Origin", origin } },
            };
            using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(allowed ? origin : null, Header(answer, "Access-Control-Allow-Origin"));
            Assert.Equal(allowed ? "Origin" : null, Header(answer, "Vary"));
            Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task Pages_of_an_origin_that_the_client_lists_read_every_answer_but_introspection()
    {
        const string Listed = "https://pages.example.test";
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await OwnClient.AddAsync(server, client => client with { Origins = [Listed], Scopes = Everything });
        var form = await server.CodeFormAsync(OwnClient.Id);
        var (access, _) = await server
            .FormAsync(DpopClient.TokenPath, form, OwnClient.Basic, server.Proof(key))
            .PairAsync();
        (string, string) token = ("Authorization", $"DPoP {access}");

        foreach (var path in (string[])["token", "revoke", "par", "device_authorization", "introspect"])
        {
            foreach (var (origin, allowed) in new[] { (Listed, path != "introspect"), (Listed + ":444", false) })
            {
                using var answer = await server.FormAsync($"/oauth2/{path}", "", OwnClient.Basic, ("Origin", origin));
                Assert.True(allowed == (Header(answer, "Access-Control-Allow-Origin") == origin), $"{path} {origin}");
            }
        }

        // The refusal too: a page has to read that its proof needs the nonce.
        using var refused = await server.FormAsync(DpopClient.UserinfoPath, "", token, ("Origin", Listed));
        using var other = await server.FormAsync(DpopClient.UserinfoPath, "", token, ("Origin", Own + "1"));
        Assert.Equal(
            (HttpStatusCode.Unauthorized, Listed),
            (refused.StatusCode, Header(refused, "Access-Control-Allow-Origin"))
        );
        Assert.Null(Header(other, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task What_userinfo_refuses_a_page_can_read()
    {
        await using var server = await Wire.StartAsync();
        using var key = ClientKey.Ec();
        await OwnClient.AddAsync(server, client => client with { Scopes = Everything });
        var form = await server.CodeFormAsync(OwnClient.Id);
        var (bound, _) = await server
            .FormAsync(DpopClient.TokenPath, form, OwnClient.Basic, server.Proof(key))
            .PairAsync();

        // Of a token that is none nobody knows the client; that it is none tells nothing.
        foreach (var (token, allowed) in new[] { ("Bearer x", "*"), ("DPoP x", "*"), ($"Bearer {bound}", Own) })
        {
            using var answer = await server.FormAsync(
                DpopClient.UserinfoPath,
                "",
                ("Authorization", token),
                ("Origin", Own)
            );
            Assert.Equal(
                (HttpStatusCode.Unauthorized, allowed),
                (answer.StatusCode, Header(answer, "Access-Control-Allow-Origin"))
            );
            var exposed = Header(answer, "Access-Control-Expose-Headers");
            Assert.Contains("WWW-Authenticate", exposed, StringComparison.Ordinal);
            Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
        }

        // Without the scope openid too.
        var (plain, _) = await server.OAuth2Async();
        using var lacking = await server.FormAsync(
            DpopClient.UserinfoPath,
            "",
            ("Authorization", $"Bearer {plain}"),
            ("Origin", Own)
        );
        Assert.Equal(
            (HttpStatusCode.Forbidden, Own),
            (lacking.StatusCode, Header(lacking, "Access-Control-Allow-Origin"))
        );
    }

    [Fact]
    public async Task A_preflight_is_answered_and_OPTIONS_alone_is_no_method()
    {
        await using var server = await Wire.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/oauth2/token")
        {
            Headers = { { "Origin", Own }, { "Access-Control-Request-Method", "POST" } },
        };

        using var preflight = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        using var options = await server.SendAsync(HttpMethod.Options, "/oauth2/token", null);

        Assert.Equal(
            (HttpStatusCode.NoContent, Own),
            (preflight.StatusCode, Header(preflight, "Access-Control-Allow-Origin"))
        );
        Assert.Contains("Authorization", Header(preflight, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, options.StatusCode);
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/jwks.json")]
    public async Task A_document_has_a_head_and_is_for_anybody(string path)
    {
        await using var server = await Wire.StartAsync();

        using var whole = await server.GetAsync(path);
        using var head = await server.SendAsync(HttpMethod.Head, path, null);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(whole.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(whole.Headers.ETag, head.Headers.ETag);
        Assert.Equal("*", Header(head, "Access-Control-Allow-Origin"));
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}

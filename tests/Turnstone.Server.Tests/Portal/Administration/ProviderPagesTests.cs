using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Administration;

/// <summary>
/// A company's identity provider is registered, seen at work, changed and removed by administrators, all of it in the
/// portal.
/// </summary>
public sealed class ProviderPagesTests
{
    private const StringComparison Plain = StringComparison.Ordinal;
    private const string Pages = "/portal/admin/identity-providers";
    private const string New = $"{Pages}/new";
    private const string Issuer = "https://idp.example.test";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_provider_is_registered_speaks_for_its_people_and_is_removed()
    {
        await using var server = await Administrators.StartAsync();
        using var key = ClientKey.Rsa();
        await OwnClient.AddAsync(server, client => client with { GrantTypes = ["client_credentials"] });
        using var ada = await Visitor.SignedInAsync(server);

        using var added = await SendAsync(ada, New, Good(key));
        Assert.Equal(Pages, added.Headers.Location?.OriginalString);
        var page = $"{Pages}/{(await FindAsync(server))!.Id}";
        Assert.Contains(page, await ada.PageAsync(Pages), Plain);
        Assert.Equal("unauthorized_client", await AskAsync(server, key));

        // The grant is an administrator's too, on the page of the client.
        var client = $"/portal/admin/clients/{OwnClient.Id}";
        var revision = (await server.Of<IClientStore>().FindAsync(OwnClient.Id, Cancel))!.Revision;
        using var given = await SendAsync(
            ada,
            client,
            Why(("Given", JwtBearerGrant.TypeName), ("Revision", $"{revision}")),
            $"{client}?handler=Rights"
        );
        Assert.Equal(client, given.Headers.Location?.OriginalString);
        Assert.Equal("00u1ada", await AskAsync(server, key));
        Assert.Contains("00u1ada", await ada.PageAsync(page), Plain);

        server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("invalid_grant", await AskAsync(server, key, claims => claims["client_id"] = "shop"));
        var refused = WebUtility.HtmlDecode(await ada.PageAsync(page));
        Assert.Contains("It was for the client “shop”, and another one sent it.", refused, Plain);

        using var changed = await SendAsync(ada, page, Good(key, ("Domains", "other.test"), ("Revision", "1")));
        Assert.Equal(Pages, changed.Headers.Location?.OriginalString);
        Assert.Equal("invalid_grant", await AskAsync(server, key));
        using var late = await SendAsync(ada, page, Good(key, ("Revision", "1")));
        Assert.Contains("Somebody has changed it in the meantime", await late.TextAsync(), Plain);

        using var unreasoned = await SendAsync(ada, page, [("Reason", "")], $"{page}?handler=Remove");
        Assert.Contains("Enter a reason.", await unreasoned.TextAsync(), Plain);
        using var removed = await SendAsync(ada, page, Why(), $"{page}?handler=Remove");
        Assert.Equal(Pages, removed.Headers.Location?.OriginalString);
        Assert.Null(await FindAsync(server));
        Assert.Equal("invalid_grant", await AskAsync(server, key));

        var entries = await ada.PageAsync("/portal/admin/audit?Event=ClientChanged");
        foreach (
            var told in (string[])
                [
                    $"identity provider registered: {Issuer} +example.test",
                    $"identity provider changed: {Issuer} +other.test -example.test",
                    $"identity provider removed: {Issuer}",
                ]
        )
        {
            Assert.Contains(told, WebUtility.HtmlDecode(entries), Plain);
        }
    }

    [Fact]
    public async Task One_that_will_not_do_is_refused_beside_its_field()
    {
        await using var server = await Administrators.StartAsync();
        using var key = ClientKey.Rsa();
        await OwnClient.AddAsync(server, client => client);
        using var ada = await Visitor.SignedInAsync(server);
        await KnownProvider.AddAsync(server);
        (string Field, string Value, string Sentence)[] bad =
        [
            ("Issuer", "idp.example.test", "Enter the issuer as a whole https address"),
            ("Issuer", $"{Issuer}/?a=b", "Enter the issuer as a whole https address"),
            ("Issuer", "https://id.example.test", "This is this service itself"),
            ("Issuer", KnownProvider.Issuer, "There is one with this issuer already."),
            ("Domains", " , ", "Enter at least one domain"),
            ("Domains", "*", "* is no domain"),
            ("Domains", "com", "com is no domain"),
            ("Domains", string.Join('\n', Enumerable.Range(0, 21).Select(i => $"d{i}.test")), "at most 20 domains"),
            ("Clients", "nobody", "There is no client nobody"),
            ("Clients", Known.PublicClientId, "is public or of FAPI 2.0"),
            ("Clients", new string('x', 5000), "There is no client xxx"),
            ("Clients", string.Join('\n', Enumerable.Range(0, 51).Select(i => $"c{i}")), "at most 50 clients"),
            ("Jwks", "{}", "This is no JWK set"),
            ("Jwks", "", "The issuer gave no whole answer"),
            ("Reason", "", "Enter a reason."),
            ("Password", "not this password", "This is not your password."),
        ];
        foreach (var (field, value, sentence) in bad)
        {
            using var refused = await SendAsync(ada, New, Good(key, (field, value)));
            Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
            var text = WebUtility.HtmlDecode(await refused.TextAsync());
            Assert.True(text.Contains(sentence, Plain), $"{field}={value}: {sentence}");
        }

        Assert.Null(await FindAsync(server));
    }

    private static (string, string)[] Good(ClientKey key, params (string Name, string Value)[] differently) =>
        Why([
            .. new[]
            {
                ("Issuer", Issuer),
                ("Domains", "Example.test, people.example.test"),
                ("Clients", OwnClient.Id),
                ("Jwks", ClientKey.Set(key)),
            }
                .Where(field => !differently.Any(other => other.Name == field.Item1)),
            .. differently,
        ]);

    private static (string, string)[] Why(params (string Name, string Value)[] fields) =>
        [
            .. fields,
            .. new[] { ("Reason", Administrators.Reason), ("Password", Known.Password) }.Where(field =>
                !fields.Any(other => other.Name == field.Item1)
            ),
        ];

    private static Task<HttpResponseMessage> SendAsync(
        Visitor visitor,
        string page,
        (string, string)[] fields,
        string? to = null
    ) => visitor.SendAsync(page, to, fields);

    private static Task<IdentityProvider?> FindAsync(TurnstoneServer server) =>
        server.Services.GetRequiredService<IIdentityProviderStore>().FindAsync(Issuer, Cancel);

    /// <summary>What the client gets by an assertion: for whom, or the error.</summary>
    private static async Task<string> AskAsync(
        TurnstoneServer server,
        ClientKey key,
        Action<JsonObject>? differently = null
    )
    {
        var now = server.Time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = "00u1ada",
            ["aud"] = "https://id.example.test",
            ["client_id"] = OwnClient.Id,
            ["iat"] = now,
            ["exp"] = now + 300,
            ["jti"] = Convert.ToHexStringLower(RandomSource.System.Bytes(16)),
            ["email"] = Known.Email,
        };
        differently?.Invoke(claims);
        var header = key.Header();
        header["typ"] = "oauth-id-jag+jwt";
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type={Uri.EscapeDataString(JwtBearerGrant.TypeName)}&assertion={key.Sign(claims, header)}",
            OwnClient.Basic
        );
        var body = await answer.BodyAsync();
        return answer.IsSuccessStatusCode ? (string)claims["sub"]! : (string)body["error"]!;
    }
}

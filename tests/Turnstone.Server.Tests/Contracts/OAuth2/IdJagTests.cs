using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Audit;
using Turnstone.Directory.Trust;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Testing;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>
/// The enterprise grant of MCP: a company's identity provider lets a client act for one of its people (Identity
/// Assertion JWT Authorization Grant).
/// </summary>
public sealed class IdJagTests : IAsyncLifetime
{
    private const string Issuer = "https://idp.example.test";
    private const string Self = "https://id.example.test";

    private readonly ClientKey key = ClientKey.Rsa();
    private TurnstoneServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await Wire.StartAsync();
        await OwnClient.AddAsync(
            server,
            client =>
                client with
                {
                    GrantTypes = [JwtBearerGrant.TypeName],
                    Scopes = Scopes.Of(["openid", "email", "individuals.read"]),
                }
        );
        await SaveAsync(["example.test"], [OwnClient.Id]);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        key.Dispose();
    }

    [Fact]
    public async Task A_person_that_the_provider_vouches_for_is_acted_for_without_a_page_and_without_a_refresh()
    {
        var assertion = Sign(Claims());

        using var answer = await AskAsync(assertion);
        var said = await answer.BodyAsync();

        var token = new JsonWebToken((string)said["access_token"]!);
        var ada = (await Known.AccountAsync(server.Services))!;
        Assert.Equal((ada.Id.ToString(), OwnClient.Id), (token.Subject, token.GetClaim("client_id").Value));
        Assert.Equal("email individuals.read", (string?)said["scope"]);
        Assert.False(said.ContainsKey("refresh_token"));
        Assert.False(said.ContainsKey("id_token"));
        using var used = await server.GetAsync("/v3/individuals", token.EncodedToken);
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        await RefusedAsync("was used before", assertion);

        await using var other = await TurnstoneServer.StartAsync(AllContracts.MapAll, beside: server);
        using var elsewhere = await SendAsync(other, assertion, OwnClient.Basic);
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);

        var query = new AuditQuery { Events = [AuditEvent.AccountChanged], AccountId = ada.Id };
        var entries = await server.Services.GetRequiredService<IAuditLog>().ReadAsync(query, Cancel);
        Assert.Contains(entries, entry => entry.Detail == $"known to {Issuer}");
    }

    /// <summary>Addresses pass to other people; subjects do not.</summary>
    [Fact]
    public async Task A_subject_stays_the_same_account_whatever_its_address_is_later()
    {
        using var first = await AskAsync(Sign(Claims()));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var claims = Claims();
        claims["email"] = Known.OtherEmail;

        using var answer = await AskAsync(Sign(claims));

        var token = new JsonWebToken((string)(await answer.BodyAsync())["access_token"]!);
        Assert.Equal((await Known.AccountAsync(server.Services))!.Id.ToString(), token.Subject);
    }

    [Fact]
    public async Task It_is_for_fewer_scopes_and_resources_where_the_assertion_says_so()
    {
        var claims = Claims();
        claims["scope"] = "individuals.read unknown";
        using var answer = await AskAsync(Sign(claims));
        Assert.Equal("individuals.read", (string?)(await answer.BodyAsync())["scope"]);

        claims = Claims();
        claims["scope"] = "individuals.read";
        using var wide = await AskAsync(Sign(claims), "&scope=email");
        Assert.Equal("invalid_scope", (string?)(await wide.BodyAsync())["error"]);

        claims = Claims();
        claims["resource"] = "https://other.example.test";
        using var foreign = await AskAsync(Sign(claims));
        Assert.Equal("invalid_target", (string?)(await foreign.BodyAsync())["error"]);
    }

    [Fact]
    public async Task Whatever_is_wrong_with_one_gets_nothing()
    {
        (string Sentence, Action<JsonObject> Change)[] wrong =
        [
            ("aud of the assertion", claims => claims["aud"] = "https://other.example.test"),
            ("aud of the assertion", claims => claims["aud"] = new JsonArray(Self, "https://other.example.test")),
            ("too old", claims => claims["iat"] = (long)claims["iat"]! - 311),
            ("too old", claims => claims["exp"] = (long)claims["iat"]! - 11),
            ("of the future", claims => claims["iat"] = (long)claims["iat"]! + 60),
            ("is another client's", claims => claims["client_id"] = "shop"),
            ("is not taken", claims => claims.Remove("client_id")),
            ("is not taken", claims => claims["client_id"] = 7),
            ("is not taken", claims => claims.Remove("jti")),
            ("is not taken", claims => claims.Remove("sub")),
            ("is not taken", claims => claims["iss"] = "https://other.example.test"),
            ("is not taken", claims => claims["iss"] = Self),
            ("no account of this person", claims => claims["email"] = "nobody@example.test"),
            ("no account of this person", claims => claims["email"] = "ada@other.example"),
            ("is not taken", claims => claims["email"] = 7),
            ("is not taken", claims => claims["email_verified"] = new JsonObject()),
            ("is not taken", claims => claims["email_verified"] = "true"),
            ("is not taken", claims => claims["scope"] = new JsonArray("email")),
            ("is not taken", claims => claims["scope"] = "a\"b"),
            ("is not taken", claims => claims["resource"] = new JsonArray(1)),
            ("is not taken", claims => claims["resource"] = new JsonArray()),
            ("is not taken", claims => claims["resource"] = new JsonObject()),
            ("no account of this person", claims => claims.Remove("email")),
            ("no account of this person", claims => claims["email_verified"] = false),
        ];
        foreach (var (sentence, change) in wrong)
        {
            var claims = Claims();
            claims["sub"] = Convert.ToHexStringLower(RandomSource.System.Bytes(16));
            change(claims);
            await RefusedAsync(sentence, Sign(claims));
        }

        using var stranger = ClientKey.Rsa();
        await RefusedAsync("is not taken", stranger.Sign(Claims(), Header(stranger)));
        foreach (var typ in new[] { "JWT", "at+jwt", "", null })
        {
            var header = Header(key);
            header["typ"] = typ;
            await RefusedAsync("is not taken", key.Sign(Claims(), header));
        }

        await RefusedAsync("is not taken", key.Sign(Claims()));
    }

    [Fact]
    public async Task A_client_proves_itself_is_registered_for_it_and_is_one_of_the_providers()
    {
        using var unproven = await server.FormAsync("/oauth2/token", $"client_id=own&{Form(Sign(Claims()))}");
        Assert.Equal("invalid_grant", (string?)(await unproven.BodyAsync())["error"]);
        using var wrong = await SendAsync(server, Sign(Claims()), Wire.Basic(OwnClient.Id, "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);

        await SaveAsync(["example.test"], ["shop"]);
        await RefusedAsync("is not taken", Sign(Claims()));

        await SaveAsync(["example.test"], [OwnClient.Id]);
        await OwnClient.ChangeAsync(server, client => client with { GrantTypes = ["client_credentials"] });
        using var unregistered = await AskAsync(Sign(Claims()));
        Assert.Equal("unauthorized_client", (string?)(await unregistered.BodyAsync())["error"]);
    }

    [Fact]
    public async Task A_provider_speaks_for_its_own_domain_even_for_those_it_knew()
    {
        using var first = await AskAsync(Sign(Claims()));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await SaveAsync(["sub.example.test"], [OwnClient.Id]);

        await RefusedAsync("no account of this person", Sign(Claims()));
    }

    [Fact]
    public async Task An_account_that_is_disabled_is_acted_for_by_nobody()
    {
        var accounts = server.Services.GetRequiredService<Turnstone.Directory.IAccountStore>();
        var ada = (await Known.AccountAsync(server.Services))!;
        ada.DisabledAt = server.Time.GetUtcNow();
        await accounts.SaveAsync(ada, "another", null, Cancel);

        await RefusedAsync("no account of this person", Sign(Claims()));
    }

    private JsonObject Claims()
    {
        var now = server.Time.GetUtcNow().ToUnixTimeSeconds();
        return new()
        {
            ["iss"] = Issuer,
            ["sub"] = "00u1ada",
            ["aud"] = Self,
            ["client_id"] = OwnClient.Id,
            ["iat"] = now,
            ["exp"] = now + 300,
            ["jti"] = Convert.ToHexStringLower(RandomSource.System.Bytes(16)),
            ["email"] = Known.Email,
        };
    }

    private static JsonObject Header(ClientKey by)
    {
        var header = by.Header();
        header["typ"] = "oauth-id-jag+jwt";
        return header;
    }

    private string Sign(JsonObject claims) => key.Sign(claims, Header(key));

    private Task<HttpResponseMessage> AskAsync(string assertion, string more = "") =>
        SendAsync(server, assertion, OwnClient.Basic, more);

    private static Task<HttpResponseMessage> SendAsync(
        TurnstoneServer to,
        string assertion,
        (string Name, string Value) client,
        string more = ""
    ) => to.FormAsync("/oauth2/token", Form(assertion) + more, client);

    private static string Form(string assertion) =>
        $"grant_type={Uri.EscapeDataString(JwtBearerGrant.TypeName)}&assertion={assertion}";

    private async Task RefusedAsync(string sentence, string assertion)
    {
        using var answer = await AskAsync(assertion);
        var body = await answer.BodyAsync();
        Assert.Equal("invalid_grant", (string?)body["error"]);
        Assert.Contains(sentence, (string?)body["error_description"], StringComparison.Ordinal);
    }

    private async Task SaveAsync(string[] domains, string[] clients)
    {
        Assert.True(VerificationKeys.TryRead(ClientKey.Set(key), out var keys, out _));
        var store = server.Services.GetRequiredService<IIdentityProviderStore>();
        var saved = await store.SaveAsync(
            new IdentityProvider
            {
                Issuer = Issuer,
                Domains = [.. domains],
                Clients = [.. clients],
                Keys = keys,
                CreatedAt = server.Time.GetUtcNow(),
                Revision = (await store.FindAsync(Issuer, Cancel))?.Revision ?? 0,
            },
            new AuditEntry
            {
                Event = AuditEvent.ClientChanged,
                At = server.Time.GetUtcNow(),
                Caller = Caller.Operator,
            },
            Cancel
        );
        Assert.True(saved.IsCommitted);
    }
}

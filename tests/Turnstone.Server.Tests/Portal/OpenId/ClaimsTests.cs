using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.OpenId;

/// <summary>OpenID Connect Core §5.5: the parameter <c>claims</c>, which asks for what is consented to.</summary>
public sealed class ClaimsTests
{
    private static readonly Guid Nobody = new("6f1f3c2a-9d0b-4e55-8a43-0b6f5e2d7c11");

    private const string Both = """{"id_token":{"email":{"essential":true},"email_verified":null}}""";

    [Fact]
    public async Task Claims_that_are_asked_for_are_in_the_ID_token_and_the_person_is_asked_for_them()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        var page = await visitor.PageAsync(Url(Both));
        Assert.Contains("email", page, StringComparison.OrdinalIgnoreCase);
        var (token, scope) = await TokensAsync(server, visitor, Both);

        Assert.Equal((Known.Email, "openid email"), (token.GetClaim("email").Value, scope));
        Assert.Equal("true", token.GetClaim("email_verified").Value);

        // At userinfo alone: the scope is given, and the ID token has no more than its own.
        (token, scope) = await TokensAsync(server, visitor, """{"userinfo":{"email":null}}""");
        Assert.Equal((false, "openid email"), (token.TryGetClaim("email", out _), scope));

        // What nobody knows is passed over, essential or not.
        (token, scope) = await TokensAsync(
            server,
            visitor,
            """{"id_token":{"phone_number":{"essential":true},"name":null},"userinfo":null,"more":[1]}"""
        );
        Assert.Equal("openid", scope);
        Assert.DoesNotContain(token.Claims, claim => claim.Type is "email" or "phone_number" or "name");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"email\"")]
    [InlineData("{")]
    [InlineData("""{"id_token":[]}""")]
    [InlineData("""{"id_token":{"email":true}}""")]
    [InlineData("""{"userinfo":{"email":"x"}}""")]
    [InlineData("""{"userinfo":{},"userinfo":{}}""")]
    [InlineData("""{"id_token":{"sub":{"value":7}}}""")]
    [InlineData("""{"id_token":{"sub":{"value":""}}}""")]
    [InlineData("""{"userinfo":{"sub":{"values":[]}}}""")]
    [InlineData("""{"userinfo":{"sub":{"values":["a",null]}}}""")]
    [InlineData("""{"userinfo":{"sub":{"values":"a"}}}""")]
    public async Task What_is_no_request_for_claims_is_refused(string claims)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.GetAsync(Url(claims));

        Assert.Equal("invalid_request", answer.Answer()["error"]);
        Assert.Contains("claims", answer.Answer()["error_description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_is_let_in_than_the_person_whom_an_id_token_names()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var other = await Visitor.SignedInAsync(server, Known.OtherEmail);
        var (hint, foreign) = (await HintAsync(server, visitor), await HintAsync(server, other));
        string Silent(string text) =>
            AuthorizeUrl.OAuth2(("scope", "openid"), ("id_token_hint", text), ("prompt", "none"));

        using var own = await visitor.GetAsync(Silent(hint));
        using var others = await visitor.GetAsync(Silent(foreign));
        using var asked = await visitor.GetAsync(AuthorizeUrl.OAuth2(("scope", "openid"), ("id_token_hint", foreign)));
        using var unsigned = await visitor.GetAsync(Silent($"{hint[..hint.LastIndexOf('.')]}.AAAA"));
        using var anothers = await visitor.GetAsync(
            AuthorizeUrl.OAuth2(("client_id", Known.OtherClientId), ("scope", "openid"), ("id_token_hint", hint))
        );

        Assert.Contains("code", own.Answer().Keys);
        Assert.Equal("login_required", others.Answer()["error"]);
        Assert.StartsWith(
            "/portal/sign-in?Again=true",
            asked.Headers.Location!.OriginalString,
            StringComparison.Ordinal
        );
        Assert.Equal(
            ("invalid_request", "invalid_request"),
            (unsigned.Answer()["error"], anothers.Answer()["error"])
        );
    }

    private static async Task<string> HintAsync(TurnstoneServer server, Visitor visitor)
    {
        var code = await visitor.CodeAsync(AuthorizeUrl.OAuth2(("scope", "openid"), ("prompt", "consent")));
        return await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                    + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            )
            .MemberAsync("id_token");
    }

    [Fact]
    public async Task Nobody_else_is_let_in_than_the_person_who_is_asked_for()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var id = (await Known.AccountAsync(server.Services))!.Id;

        // To the sign-in, once: somebody else may come back.
        var url = Url(Wanting(Nobody));
        using var other = await visitor.GetAsync(url);
        var signIn = other.Headers.Location!.OriginalString;
        Assert.StartsWith("/portal/sign-in?Again=true", signIn, StringComparison.Ordinal);
        var back = System.Web.HttpUtility.ParseQueryString(signIn[signIn.IndexOf('?', StringComparison.Ordinal)..]);
        var page = await visitor.PageAsync(back["ReturnUrl"]!);
        Assert.Contains("error=login_required", page, StringComparison.Ordinal);

        // A decision that was sent without the page is none.
        using var sent = await visitor.PostAsync(url, ("decision", "allow"));
        Assert.StartsWith("/portal/sign-in?", sent.Headers.Location!.OriginalString, StringComparison.Ordinal);

        var (token, _) = await TokensAsync(server, visitor, Wanting(id));
        Assert.Equal(id.ToString(), token.Subject);
        (token, _) = await TokensAsync(
            server,
            visitor,
            """{"userinfo":{"sub":{"values":["x","SUB"]}}}""".Replace("SUB", $"{id}", StringComparison.Ordinal)
        );
        Assert.Equal(id.ToString(), token.Subject);
    }

    [Fact]
    public async Task A_client_that_nobody_has_let_in_does_not_learn_who_is_signed_in()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var id = (await Known.AccountAsync(server.Services))!.Id;

        async Task<string> SilentlyAsync(Guid account)
        {
            var url = AuthorizeUrl.OAuth2(("scope", "openid"), ("claims", Wanting(account)), ("prompt", "none"));
            using var answer = await visitor.GetAsync(url);
            return answer.Answer().GetValueOrDefault("error", "none");
        }

        Assert.Equal(await SilentlyAsync(id), await SilentlyAsync(Nobody));

        // Once it was let in it is told what it knows anyway.
        await TokensAsync(server, visitor, Wanting(id));
        Assert.Equal(("none", "login_required"), (await SilentlyAsync(id), await SilentlyAsync(Nobody)));
    }

    private static string Wanting(Guid account) =>
        """{"id_token":{"sub":{"value":"SUB"}}}""".Replace("SUB", $"{account}", StringComparison.Ordinal);

    private static string Url(string claims) =>
        AuthorizeUrl.OAuth2(("scope", "openid"), ("claims", claims), ("prompt", "consent"));

    private static async Task<(JsonWebToken Token, string Scope)> TokensAsync(
        TurnstoneServer server,
        Visitor visitor,
        string claims
    )
    {
        var code = await visitor.CodeAsync(Url(claims));
        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=authorization_code&code={code}&code_verifier={AuthorizeUrl.Verifier}"
                + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.BodyAsync();
        return (new((string)body["id_token"]!), (string)body["scope"]!);
    }
}

using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Tests.Authorization;

/// <summary>
/// The decision on an authorization request, a row each. A request here is what is changed in one that is sound.
/// </summary>
public sealed class AuthorizationCheckTests
{
    private const string Redirect = "https://shop.example.test/back?tenant=7";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private static readonly AuthorizationRules OAuth2 = new("oauth2", TimeSpan.FromSeconds(60));
    private static readonly AuthorizationRules OAuthV1 = new("oauth-v1", TimeSpan.FromMinutes(5))
    {
        Commas = true,
        TokenTypes = ["user", "company"],
    };

    private static readonly Client Shop = new()
    {
        Id = "shop",
        Name = "Shop",
        RedirectUris = [Redirect],
        GrantTypes = ["authorization_code"],
        Scopes = Scopes.Of(["openid", "email", "individuals.read"]),
        TokenTypes = ["user", "company"],
        CreatedAt = default,
    };

    private static readonly Client App = Shop with
    {
        Id = "app",
        Public = true,
        RedirectUris = [Redirect, "http://127.0.0.1:8500/back", "http://[::1]/back", "http://localhost/back"],
    };

    [Fact]
    public void A_sound_request_is_sound()
    {
        var request = Sound(
            Read(
                Shop,
                "state=x y",
                $"code_challenge={Challenge}",
                "code_challenge_method=S256",
                "scope=email openid",
                "login_hint=ada@example.test"
            )
        );

        Assert.Equal(new ReplyAddress(Redirect, Named: true, "x y"), request.ReplyTo);
        Assert.Equal(("oauth2", Challenge, "ada@example.test"), (request.Family, request.Challenge, request.LoginHint));
        Assert.Equal(["email", "openid"], request.Scopes.Names);
        Assert.False(request.Silent || request.SignInAgain || request.AskAgain || request.MayActAsCompany);
    }

    [Theory]
    [InlineData("redirect_uri=https://evil.example.test/")]
    [InlineData("redirect_uri=https://shop.example.test/back")]
    [InlineData("redirect_uri=https://shop.example.test/back?tenant=7&more=1")]
    [InlineData("redirect_uri=https://shop.example.test/back?tenant=7#x")]
    [InlineData("redirect_uri=https://shop.example.test/back/?tenant=7")]
    [InlineData("redirect_uri=https://shop.example.test/x/../back?tenant=7")]
    [InlineData("redirect_uri=https://SHOP.example.test/back?tenant=7")]
    [InlineData("redirect_uri=https://shop.example.test:443/back?tenant=7")]
    [InlineData("redirect_uri=https://shop.example.test@evil.example.test/back?tenant=7")]
    [InlineData("redirect_uri=//shop.example.test/back?tenant=7")]
    [InlineData("redirect_uri=/back")]
    [InlineData("redirect_uri=javascript:alert(1)")]
    [InlineData("redirect_uri=https://shop.example.test/back?tenant=7\r\nX: y")]
    public void Another_address_is_not_proven(string change) =>
        Assert.Equal(new UnprovenRequest(UnprovenReason.NotRegistered), Read(Shop, change));

    [Fact]
    public void A_client_that_is_unknown_or_disabled_is_not_proven_and_nothing_else_is_told_first()
    {
        Assert.Equal(new UnprovenRequest(UnprovenReason.NotRegistered), Read(null, "response_type="));
        Assert.Equal(
            new UnprovenRequest(UnprovenReason.NotRegistered),
            Read(Shop with { DisabledAt = DateTimeOffset.UnixEpoch })
        );
        Assert.Equal(
            new UnprovenRequest(UnprovenReason.NotRegistered),
            Read(Shop with { OwnerDisabledAt = DateTimeOffset.UnixEpoch })
        );
    }

    [Theory]
    [InlineData("client_id=shop")]
    [InlineData("state=a")]
    [InlineData("redirect_uri=https://evil.example.test/")]
    public void A_parameter_that_comes_twice_is_not_proven(string twice)
    {
        var pairs = Pairs("client_id=shop", "state=b", $"redirect_uri={Redirect}", "response_type=code", twice);

        Assert.Equal(
            new UnprovenRequest(UnprovenReason.Repeated),
            AuthorizationCheck.Read(new AuthorizationParameters(pairs), Shop, OAuth2)
        );
    }

    [Fact]
    public void A_resource_may_come_twice() =>
        Assert.IsType<SoundRequest>(
            AuthorizationCheck.Read(
                new AuthorizationParameters(
                    Pairs($"redirect_uri={Redirect}", "response_type=code", "resource=a", "resource=b")
                ),
                Shop,
                OAuth2
            )
        );

    [Fact]
    public void The_address_may_be_left_out_where_there_is_only_one_and_then_the_code_is_not_bound_to_it()
    {
        Assert.Equal(new ReplyAddress(Redirect, Named: false, null), Sound(Read(Shop, "redirect_uri=")).ReplyTo);
        Assert.Equal(new UnprovenRequest(UnprovenReason.NotRegistered), Read(App, "redirect_uri="));
        Assert.Equal(
            new UnprovenRequest(UnprovenReason.NotRegistered),
            Read(Shop with { RedirectUris = [] }, "redirect_uri=")
        );
        Assert.Equal(
            new UnprovenRequest(UnprovenReason.NotRegistered),
            Read(Shop with { RedirectUris = ["https://bücher.example.test/"] }, "redirect_uri=")
        );
    }

    [Theory]
    [InlineData("http://127.0.0.1:8500/back", true)]
    [InlineData("http://127.0.0.1:61023/back", true)]
    [InlineData("http://127.0.0.1/back", true)]
    [InlineData("http://[::1]:5/back", true)]
    [InlineData("http://127.0.0.1:61023/back/", false)]
    [InlineData("http://127.0.0.1:61023/back?x=1", false)]
    [InlineData("http://127.0.0.1:61023", false)]
    [InlineData("http://127.0.0.1:/back", false)]
    [InlineData("http://127.0.0.1:65536/back", false)]
    [InlineData("http://127.0.0.1:80@evil.example.test/back", false)]
    [InlineData("http://127.0.0.1@evil.example.test/back", false)]
    [InlineData("http://127.0.0.1.evil.example.test/back", false)]
    [InlineData("http://127.0.0.2:8500/back", false)]
    [InlineData("https://127.0.0.1:8500/back", false)]
    [InlineData("http://localhost:5/back", false)]
    public void The_port_of_a_loopback_address_is_the_programs_choice_and_nothing_else_is(string uri, bool proven) =>
        Assert.Equal(
            proven,
            Read(App, $"redirect_uri={uri}", $"code_challenge={Challenge}", "code_challenge_method=S256")
                is SoundRequest
        );

    [Fact]
    public void A_client_with_a_secret_keeps_its_port() =>
        Assert.IsType<UnprovenRequest>(Read(App with { Public = false }, "redirect_uri=http://127.0.0.1:61023/back"));

    [Theory]
    [InlineData("response_type=", "invalid_request")]
    [InlineData("response_type=token", "unsupported_response_type")]
    [InlineData("response_type=code id_token", "unsupported_response_type")]
    [InlineData("response_mode=fragment", "invalid_request")]
    [InlineData("response_mode=form_post", "invalid_request")]
    [InlineData("request=eyJ", "request_not_supported")]
    [InlineData("request_uri=urn:x", "request_uri_not_supported")]
    [InlineData("registration={}", "registration_not_supported")]
    [InlineData("scope=openid admin", "invalid_scope")]
    [InlineData("scope=openid,email", "invalid_scope")]
    [InlineData("scope=\"", "invalid_scope")]
    [InlineData("prompt=none login", "invalid_request")]
    [InlineData("prompt=create", "invalid_request")]
    [InlineData("max_age=-1", "invalid_request")]
    [InlineData("max_age=soon", "invalid_request")]
    [InlineData("max_age=99999999999", "invalid_request")]
    [InlineData("code_challenge_method=S256", "invalid_request")]
    [InlineData($"code_challenge={Challenge}", "invalid_request")]
    [InlineData($"code_challenge={Challenge}&code_challenge_method=plain", "invalid_request")]
    [InlineData($"code_challenge={Challenge}&code_challenge_method=s256", "invalid_request")]
    [InlineData($"code_challenge={Challenge}=&code_challenge_method=S256", "invalid_request")]
    [InlineData("code_challenge=short&code_challenge_method=S256", "invalid_request")]
    public void What_is_wrong_with_a_proven_request_is_told_to_the_client(string change, string error)
    {
        var refused = Assert.IsType<RefusedRequest>(Read(Shop, ["state=s", .. change.Split('&')]));

        Assert.Equal((error, new ReplyAddress(Redirect, true, "s")), (refused.Error, refused.To));
        Assert.DoesNotContain(refused.Reason, c => c is < ' ' or > '~' or '"' or '\\');
    }

    [Fact]
    public void A_public_client_without_a_challenge_is_refused() =>
        Assert.Equal("invalid_request", Assert.IsType<RefusedRequest>(Read(App)).Error);

    [Fact]
    public void A_client_without_the_grant_is_refused() =>
        Assert.Equal(
            "unauthorized_client",
            Assert.IsType<RefusedRequest>(Read(Shop with { GrantTypes = ["client_credentials"] })).Error
        );

    [Theory]
    [InlineData("scope=")]
    [InlineData("scope= ")]
    public void No_scope_is_every_scope_of_the_client(string change) =>
        Assert.Equal(Shop.Scopes, Sound(Read(Shop, change)).Scopes);

    [Theory]
    [InlineData("prompt=none", true, false, false)]
    [InlineData("prompt=login", false, true, false)]
    [InlineData("prompt=select_account", false, true, false)]
    [InlineData("prompt=consent login", false, true, true)]
    [InlineData("max_age=0", false, true, false)]
    [InlineData("max_age=60", false, false, false)]
    public void What_is_to_be_asked_is_understood(string change, bool silent, bool signIn, bool consent)
    {
        var request = Sound(Read(Shop, change));

        Assert.Equal((silent, signIn, consent), (request.Silent, request.SignInAgain, request.AskAgain));
    }

    [Theory]
    [InlineData("", "oauth-v1", true)]
    [InlineData("user", "oauth-v1:user", false)]
    [InlineData("company", "oauth-v1:company", true)]
    public void A_type_of_token_binds_the_code(string type, string family, bool company)
    {
        var request = Sound(ReadV1(Shop, $"token_type={type}", "scope=openid,email individuals.read"));

        Assert.Equal((family, company, 3), (request.Family, request.MayActAsCompany, request.Scopes.Names.Count));
    }

    [Fact]
    public void A_client_with_one_type_of_token_gets_codes_for_that_type_alone()
    {
        Assert.Equal("oauth-v1:user", Sound(ReadV1(Shop with { TokenTypes = ["user"] })).Family);
        Assert.Equal(
            "unauthorized_client",
            Assert.IsType<RefusedRequest>(ReadV1(Shop with { TokenTypes = ["user"] }, "token_type=company")).Error
        );
        Assert.Equal("unauthorized_client", Assert.IsType<RefusedRequest>(ReadV1(Shop with { TokenTypes = [] })).Error);
        Assert.Equal("invalid_request", Assert.IsType<RefusedRequest>(ReadV1(Shop, "token_type=admin")).Error);
    }

    [Fact]
    public void Only_a_client_that_is_known_by_more_than_its_word_is_let_in_unasked()
    {
        Assert.True(Sound(Read(Shop)).ClientAssured);
        Assert.True(Sound(Read(App, $"code_challenge={Challenge}", "code_challenge_method=S256")).ClientAssured);
        Assert.False(
            Sound(
                Read(
                    App,
                    "redirect_uri=http://127.0.0.1:1/back",
                    $"code_challenge={Challenge}",
                    "code_challenge_method=S256"
                )
            ).ClientAssured
        );
    }

    [Theory]
    [InlineData("", 1_000_000, null, true)]
    [InlineData("max_age=60", 60, null, true)]
    [InlineData("max_age=60", 61, null, false)]
    [InlineData("max_age=60", 61, 62, true)]
    [InlineData("max_age=60", 61, 61, false)]
    [InlineData("max_age=0", 0, null, false)]
    [InlineData("prompt=login", 0, null, false)]
    [InlineData("prompt=login", 5, 6, true)]
    [InlineData("prompt=login", 6, 6, false)]
    [InlineData("prompt=login", 7, 6, false)]
    public void A_sign_in_is_good_enough_or_another_is_asked_for_once(
        string change,
        int signedInAgo,
        int? askedAgo,
        bool accepted
    )
    {
        var now = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

        Assert.Equal(
            accepted,
            Sound(Read(Shop, change))
                .Accepts(now.AddSeconds(-signedInAgo), askedAgo is { } ago ? now.AddSeconds(-ago) : null, now)
        );
    }

    [Fact]
    public void A_sign_in_of_an_unknown_moment_is_good_for_requests_that_do_not_ask_for_one()
    {
        Assert.True(Sound(Read(Shop)).Accepts(null, null, default));
        Assert.False(Sound(Read(Shop, "max_age=60")).Accepts(null, null, default));
        Assert.False(Sound(Read(Shop, "prompt=login")).Accepts(null, DateTimeOffset.UnixEpoch, default));
    }

    private static AuthorizationRequest Sound(AuthorizationReading reading) =>
        Assert.IsType<SoundRequest>(reading).Request;

    private static AuthorizationReading Read(Client? client, params string[] changes) => Read(client, OAuth2, changes);

    private static AuthorizationReading ReadV1(Client client, params string[] changes) =>
        Read(client, OAuthV1, changes);

    private static AuthorizationReading Read(Client? client, AuthorizationRules rules, string[] changes)
    {
        var sent = Pairs("client_id=shop", $"redirect_uri={Redirect}", "response_type=code")
            .Concat(Pairs(changes))
            .GroupBy(pair => pair.Key)
            .Select(group => group.Last());
        return AuthorizationCheck.Read(new AuthorizationParameters(sent), client, rules);
    }

    private static IEnumerable<KeyValuePair<string, string>> Pairs(params string[] texts) =>
        texts
            .Where(text => text.Length > 0)
            .Select(text =>
                KeyValuePair.Create(
                    text[..text.IndexOf('=', StringComparison.Ordinal)],
                    text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]
                )
            );
}

using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Model;
using static Turnstone.Tests.Authorization.AuthorizationRequests;

namespace Turnstone.Tests.Authorization;

/// <summary>The decision on an authorization request, a row each.</summary>
public sealed class AuthorizationCheckTests
{
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
    [InlineData("redirect_uri=https://evil.example.test/")]
    public void A_parameter_that_comes_twice_is_not_proven(string twice)
    {
        var pairs = Pairs("client_id=shop", "state=b", $"redirect_uri={Redirect}", "response_type=code", twice);

        Assert.Equal(
            new UnprovenRequest(UnprovenReason.Repeated),
            AuthorizationCheck.Read(new AuthorizationParameters(pairs), Shop, OAuth2, NoneRegistered)
        );
    }

    [Theory]
    [InlineData("state=a", null)]
    [InlineData("response_type=code", "b")]
    [InlineData("nobody_knows=1&nobody_knows=2", "b")]
    public void Any_other_that_comes_twice_is_told_to_the_client_and_a_state_of_two_is_none(string twice, string? state)
    {
        string[] given = ["client_id=shop", "state=b", $"redirect_uri={Redirect}", "response_type=code"];
        var pairs = Pairs([.. given, .. twice.Split('&')]);

        var refused = Assert.IsType<RefusedRequest>(
            AuthorizationCheck.Read(new AuthorizationParameters(pairs), Shop, OAuth2, NoneRegistered)
        );

        Assert.Equal(("invalid_request", state), (refused.Error, refused.To.State));
    }

    [Theory]
    [InlineData(null, Audience)]
    [InlineData(null, Audience, Audience)]
    [InlineData("invalid_target", "https://other.example.test")]
    [InlineData("invalid_target", Audience, "https://other.example.test")]
    [InlineData(null, "")]
    public void A_resource_may_come_twice_and_is_the_audience(string? error, params string[] resources)
    {
        var pairs = Pairs($"redirect_uri={Redirect}", "response_type=code")
            .Concat(resources.Select(resource => KeyValuePair.Create("resource", resource)));

        var reading = AuthorizationCheck.Read(new AuthorizationParameters(pairs), Shop, OAuth2, NoneRegistered);

        Assert.Equal(error, (reading as RefusedRequest)?.Error);
        Assert.Equal(error is null, reading is SoundRequest);
    }

    [Fact]
    public void A_form_is_answered_at_a_page_and_not_in_an_app()
    {
        var toPage = Sound(Read(Shop, "response_mode=form_post", "nonce=n"));
        var shopOfAnApp = Shop with { RedirectUris = ["httpapp:/callback"] };
        var toApp = Read(shopOfAnApp, "redirect_uri=httpapp:/callback", "response_mode=form_post");

        Assert.True(toPage.ReplyTo.ByForm);
        Assert.Equal("n", toPage.Nonce);
        var refused = Assert.IsType<RefusedRequest>(toApp);
        Assert.Equal(("invalid_request", false), (refused.Error, refused.To.ByForm));
    }

    [Theory]
    [InlineData("response_type=", "invalid_request")]
    [InlineData("response_type=token", "unsupported_response_type")]
    [InlineData("response_type=code id_token", "unsupported_response_type")]
    [InlineData("response_mode=fragment", "invalid_request")]
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
}

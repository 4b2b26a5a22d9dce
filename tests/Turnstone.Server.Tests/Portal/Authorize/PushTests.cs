using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Authorization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>Pushed authorization requests (RFC 9126), from the client's push to the code.</summary>
public sealed class PushTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static (string Name, string Value) Shop => Wire.Basic(Known.ClientId, Known.ClientSecret);

    [Fact]
    public async Task A_pushed_request_gives_a_code_as_if_the_browser_had_brought_it()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);

        using var pushed = await PushAsync(server, Request(("scope", "individuals.read")));
        var body = await pushed.BodyAsync();

        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        Assert.Equal("no-store", pushed.Headers.CacheControl?.ToString());
        Assert.Equal(60, (int)body["expires_in"]!);
        var answer = (await visitor.DecideAsync(await FollowAsync(visitor, (string)body["request_uri"]!))).Answer();
        Assert.Equal(("s", "https://id.example.test"), (answer["state"], answer["iss"]));
        var form =
            $"grant_type=authorization_code&code={answer["code"]}&code_verifier={AuthorizeUrl.Verifier}"
            + $"&redirect_uri={Uri.EscapeDataString(Known.RedirectUri)}";
        Assert.Equal("individuals.read", await server.FormAsync("/oauth2/token", form, Shop).MemberAsync("scope"));
    }

    [Fact]
    public async Task Where_everybody_has_to_push_what_a_browser_brings_is_refused_of_every_client()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:RequirePushedAuthorizationRequests=true"]);
        using var visitor = await Visitor.SignedInAsync(server);

        foreach (var prompt in new[] { null, "none" })
        {
            using var brought = await visitor.GetAsync(AuthorizeUrl.OAuth2(("prompt", prompt)));
            Assert.Equal("invalid_request", brought.Answer()["error"]);
        }

        using var decided = await visitor.PostAsync(AuthorizeUrl.OAuth2(), ("decision", "allow"));
        Assert.Equal("invalid_request", decided.Answer()["error"]);
        using var pushed = await PushAsync(server, Request());
        var page = await FollowAsync(visitor, (string)(await pushed.BodyAsync())["request_uri"]!);
        Assert.Contains("code", (await visitor.DecideAsync(page)).Answer().Keys);
        using var discovery = await server.Http.GetAsync(
            new Uri("/.well-known/oauth-authorization-server", UriKind.Relative),
            Cancel
        );
        Assert.True((bool)(await discovery.BodyAsync())["require_pushed_authorization_requests"]!);

        // Contracts that take no pushed requests are as they were.
        Assert.Contains("decision", await visitor.PageAsync(AuthorizeUrl.OAuthV1()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_name_is_good_once_on_all_nodes()
    {
        await using var first = await PortalServer.StartAsync();
        await using var second = await PortalServer.StartAsync(beside: first);
        using var one = await Visitor.SignedInAsync(first);
        using var two = await Visitor.SignedInAsync(second);
        var name = await NameAsync(first);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? one : two).GetAsync(Named(name)))
        );

        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.Redirect);
        Assert.All(
            answers.Where(answer => answer.StatusCode is not HttpStatusCode.Redirect),
            answer => Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode)
        );
    }

    [Fact]
    public async Task A_sign_in_may_take_longer_than_the_name_is_good_for()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var page = await FollowAsync(visitor, await NameAsync(server));

        server.Time.Advance(TimeSpan.FromMinutes(20));

        Assert.Contains("code", (await visitor.DecideAsync(page)).Answer().Keys);
        server.Time.Advance(TimeSpan.FromMinutes(11));
        using var late = await visitor.GetAsync(page);
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
    }

    [Fact]
    public async Task A_name_that_is_a_minute_old_or_another_clients_is_good_for_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var (old, foreign) = (await NameAsync(server), "");

        server.Time.Advance(TimeSpan.FromSeconds(60));
        await RefusesAsync(visitor, Named(old));
        foreign = await NameAsync(server);
        await RefusesAsync(visitor, Named(foreign, Known.OtherClientId));
        await RefusesAsync(visitor, $"/oauth2/authorize?request_uri={Uri.EscapeDataString(foreign)}");
        await RefusesAsync(visitor, Named($"{PushedRequests.Prefix}{new string('a', 43)}"));
        await RefusesAsync(visitor, Named(PushedRequests.Prefix));
        await RefusesAsync(visitor, Named($"{PushedRequests.Prefix}{new string('a', 400)}"));

        // Nobody else has used it up.
        Assert.Contains("code", (await visitor.DecideAsync(await FollowAsync(visitor, foreign))).Answer().Keys);
    }

    [Fact]
    public async Task What_was_taken_cannot_be_changed_or_used_by_another_client_or_at_another_contract()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var page = await FollowAsync(visitor, await NameAsync(server));

        await RefusesAsync(visitor, page.Replace("client_id=shop", "client_id=depot", StringComparison.Ordinal));
        await RefusesAsync(visitor, page[..^1] + (page[^1] == 'A' ? 'B' : 'A'));
        using var elsewhere = await visitor.GetAsync(
            page.Replace("/oauth2/authorize", "/v1/oauth/authorize", StringComparison.Ordinal)
        );
        Assert.Equal("request_uri_not_supported", elsewhere.Answer()["error"]);

        // What stands beside the name is not looked at (RFC 9101 §5).
        var answer = (await visitor.DecideAsync($"{page}&state=other&scope=email")).Answer();
        Assert.Equal("s", answer["state"]);
    }

    [Fact]
    public async Task A_client_that_must_push_gets_nothing_otherwise()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        await ChangeAsync(server, Known.ClientId, client => client with { MustPush = true });

        using var plain = await visitor.GetAsync(AuthorizeUrl.OAuth2());

        Assert.Equal("invalid_request", plain.Answer()["error"]);
        Assert.Contains("RFC 9126", plain.Answer()["error_description"], StringComparison.Ordinal);
        var page = await FollowAsync(visitor, await NameAsync(server));
        Assert.Contains("code", (await visitor.DecideAsync(page)).Answer().Keys);
    }

    [Fact]
    public async Task Whoever_pushes_proves_himself_as_at_the_token_endpoint()
    {
        await using var server = await PortalServer.StartAsync();
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key);
        var signed = Request(("client_id", AssertingClient.Id));

        using var none = await server.FormAsync("/oauth2/par", Request());
        using var wrong = await server.FormAsync("/oauth2/par", Request(), Wire.Basic(Known.ClientId, "wrong"));
        using var browser = await server.FormAsync("/oauth2/par", Request(("client_id", Known.PublicClientId)));
        using var asserted = await server.FormAsync("/oauth2/par", $"{signed}&{AssertingClient.Proof(server, key)}");
        using var plain = await server.FormAsync("/oauth2/par", signed);

        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Created, browser.StatusCode);
        Assert.Equal(HttpStatusCode.Created, asserted.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, plain.StatusCode);
    }

    [Fact]
    public async Task An_assertion_may_address_this_endpoint_and_is_then_good_at_no_other()
    {
        await using var server = await PortalServer.StartAsync();
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key);
        var claims = AssertingClient.Claims(server);
        claims["aud"] = "https://id.example.test/oauth2/par";
        var proof = AssertingClient.Proof(key.Sign(claims));

        using var token = await server.FormAsync("/oauth2/token", $"{AssertingClient.Grant}&{proof}");
        using var revoke = await server.FormAsync("/oauth2/revoke", $"token=a&{proof}");
        using var pushed = await server.FormAsync(
            "/oauth2/par",
            $"{Request(("client_id", AssertingClient.Id))}&{proof}"
        );
        using var again = await server.FormAsync(
            "/oauth2/par",
            $"{Request(("client_id", AssertingClient.Id))}&{proof}"
        );

        Assert.Equal(HttpStatusCode.Unauthorized, token.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, revoke.StatusCode);
        Assert.Equal(HttpStatusCode.Created, pushed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
    }

    [Theory]
    [InlineData("invalid_request", "request_uri", "request_uri", "urn:ietf:params:oauth:request_uri:x")]
    [InlineData("request_not_supported", "request object", "request", "a.b.c")]
    [InlineData("invalid_request", "redirect_uri", "redirect_uri", "https://evil.example.test/")]
    [InlineData("invalid_request", "response_type", "response_type", null)]
    [InlineData("unsupported_response_type", "code", "response_type", "token")]
    [InlineData("invalid_request", "code_challenge_method", "code_challenge_method", "plain")]
    [InlineData("invalid_scope", "scope", "scope", "admin")]
    [InlineData("invalid_target", "resource", "resource", "https://other.example.test")]
    [InlineData("invalid_request", "prompt", "prompt", "whisper")]
    [InlineData("invalid_request", "max_age", "max_age", "soon")]
    public async Task A_mistake_is_told_to_the_client(string error, string word, string name, string? value)
    {
        await using var server = await PortalServer.StartAsync();

        using var answer = await PushAsync(server, Request((name, value)));
        var body = await answer.BodyAsync();

        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.StatusCode, (string?)body["error"]));
        Assert.Contains(word, (string?)body["error_description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_is_what_came_twice_or_is_too_long()
    {
        await using var server = await PortalServer.StartAsync();

        using var twice = await PushAsync(server, $"{Request()}&state=t");
        using var tooLong = await PushAsync(server, Request(("state", new string('s', 3_600))));

        Assert.StartsWith(
            "The parameter state came more than once.",
            (string?)(await twice.BodyAsync())["error_description"],
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "The request is too long.",
            (string?)(await tooLong.BodyAsync())["error_description"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Of_one_that_is_too_long_the_longest_parameter_is_named()
    {
        await using var server = await PortalServer.StartAsync();
        (string Sent, string Named)[] rows =
        [
            (Request(("state", new('s', 3_600))), "The parameter state"),
            (Request(("state", new('s', 1_000)), ("login_hint", new('h', 2_600))), "The parameter login_hint"),
            // As it is counted: each of these is six characters.
            (Request(("state", new('s', 2_000)), ("login_hint", new('\u00e9', 400))), "The parameter login_hint"),
            (Request(("state", new('s', 1_000))) + $"&{new string('n', 3_000)}=1", "A parameter that nobody reads"),
            (Request() + $"&%22caf%C3%A9%22={new string('v', 3_600)}", "A parameter that nobody reads"),
        ];

        foreach (var (sent, named) in rows)
        {
            using var answer = await PushAsync(server, sent);
            var body = await answer.BodyAsync();
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.StatusCode, (string?)body["error"]));
            Assert.Equal(
                $"The request is too long. {named} is the longest of it. "
                    + "Send 3600 characters at most, percent signs counted.",
                (string?)body["error_description"]
            );
        }
    }

    [Fact]
    public async Task The_longest_request_that_is_taken_comes_through_sign_in()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var room = PushedRequests.Longest - Request(("state", "")).Length;
        var state = new string('s', room - 40);

        var page = await FollowAsync(visitor, await NameAsync(server, Request(("state", state))));
        using var toSignIn = await visitor.GetAsync(page);
        var signIn = toSignIn.Headers.Location!.OriginalString;
        using var signedIn = await visitor.SendAsync(
            signIn,
            form: null,
            ("Email", Known.Email),
            ("Password", Known.Password)
        );
        var answer = (await visitor.DecideAsync(signedIn.Headers.Location!.OriginalString)).Answer();

        Assert.Equal(state, answer["state"]);
    }

    [Fact]
    public async Task A_client_pushes_so_many_in_a_minute_and_a_public_one_from_each_network()
    {
        await using var server = await PortalServer.StartAsync();
        var requests = server.Services.GetRequiredService<PushedRequests>();
        var shop = (await server.Services.GetRequiredService<IClientStore>().FindAsync(Known.ClientId, Cancel))!;
        var app = (await server.Services.GetRequiredService<IClientStore>().FindAsync(Known.PublicClientId, Cancel))!;
        var (here, there) = (new Caller("192.0.2.1"), new Caller("198.51.100.1"));
        for (var i = 0; i < 600; i++)
        {
            Assert.Null(requests.Limit(shop, here));
            Assert.Null(requests.Limit(app, here));
        }

        Assert.NotNull(requests.Limit(shop, there));
        Assert.NotNull(requests.Limit(app, here));
        Assert.Null(requests.Limit(app, there));
        using var answer = await PushAsync(server, Request());
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
    }

    [Fact]
    public async Task Neither_secret_nor_assertion_is_stored_with_it()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        var body = $"{Request()}&client_secret={Uri.EscapeDataString(Known.ClientSecret)}";

        using var pushed = await server.FormAsync("/oauth2/par", body);
        var name = (string)(await pushed.BodyAsync())["request_uri"]!;
        var query = await server.Services.GetRequiredService<PushedRequests>().TakeAsync(name, Known.ClientId, Cancel);

        Assert.DoesNotContain("secret", query, StringComparison.Ordinal);
    }

    /// <summary>The shop's request as a form.</summary>
    private static string Request(params (string Name, string? Value)[] changes) =>
        AuthorizeUrl.OAuth2(changes).Split('?')[1];

    private static Task<HttpResponseMessage> PushAsync(TurnstoneServer server, string form) =>
        server.FormAsync("/oauth2/par", form, Shop);

    private static async Task<string> NameAsync(TurnstoneServer server, string? form = null) =>
        await PushAsync(server, form ?? Request()).MemberAsync("request_uri");

    private static string Named(string requestUri, string client = Known.ClientId) =>
        $"/oauth2/authorize?client_id={client}&request_uri={Uri.EscapeDataString(requestUri)}";

    /// <summary>Where the browser stands after it has come with the name.</summary>
    private static async Task<string> FollowAsync(Visitor visitor, string requestUri)
    {
        using var first = await visitor.GetAsync(Named(requestUri));
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        return first.Headers.Location!.OriginalString;
    }

    private static async Task RefusesAsync(Visitor visitor, string url)
    {
        using var answer = await visitor.GetAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("request_uri", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static async Task ChangeAsync(TurnstoneServer server, string id, Func<Client, Client> change) =>
        Assert.NotNull(
            await server.Services.GetRequiredService<Clients>().ChangeAsync(id, change, "test", Caller.Operator, Cancel)
        );
}

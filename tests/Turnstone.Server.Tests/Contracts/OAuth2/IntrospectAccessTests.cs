using System.Net;
using Turnstone.Testing;
using static Turnstone.Server.Tests.Contracts.OAuth2.IntrospectCalls;

namespace Turnstone.Server.Tests.Contracts.OAuth2;

/// <summary>Who may introspect (RFC 7662 §2.1), how, and how often.</summary>
public sealed class IntrospectAccessTests
{
    [Fact]
    public async Task Only_who_is_registered_for_it_and_proven_may_ask()
    {
        await using var server = await StartAsync();
        await AllowAsync(server, Known.PublicClientId);
        var (access, _) = await server.OAuth2Async();

        using var shop = await AskAsync(server, access, Wire.Basic(Known.ClientId, Known.ClientSecret));
        using var wrong = await AskAsync(server, access, Wire.Basic(OwnClient.Id, "wrong"));
        using var nobody = await server.FormAsync("/oauth2/introspect", $"token={access}");
        using var browser = await server.FormAsync(
            "/oauth2/introspect",
            $"token={access}&client_id={Known.PublicClientId}"
        );

        await Golden.CheckAsync(shop, "introspect-may-not-400");
        await Golden.CheckAsync(wrong, "introspect-invalid-client-401");
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        await Golden.CheckAsync(browser, "introspect-may-not-400");
    }

    [Fact]
    public async Task A_client_that_signs_may_ask_by_that()
    {
        await using var server = await StartAsync();
        using var key = ClientKey.Ec();
        await AssertingClient.AddAsync(server, key, client => client with { MayIntrospect = true });
        var (access, _) = await server.OAuth2Async();

        using var answer = await server.FormAsync(
            "/oauth2/introspect",
            $"token={access}&{AssertingClient.Proof(server, key)}"
        );

        Assert.True((bool)(await answer.BodyAsync())["active"]!);
    }

    [Theory]
    [InlineData("", "The parameter token is missing.")]
    [InlineData("token=", "The parameter token is missing.")]
    [InlineData("token=a&token=b", "The parameter token came more than once.")]
    [InlineData("token=a&token_type_hint=b&token_type_hint=c", "The parameter token_type_hint came more than once.")]
    public async Task What_cannot_be_understood_is_named(string form, string sentence)
    {
        await using var server = await StartAsync();

        using var answer = await server.FormAsync("/oauth2/introspect", form, OwnBasic);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(sentence, (string?)(await answer.BodyAsync())["error_description"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/oauth2/introspect")]
    [InlineData("/oauth2/Introspect/")]
    public async Task No_page_of_another_origin_may_ask(string path)
    {
        await using var server = await StartAsync();

        using var preflight = await server.SendAsync(
            HttpMethod.Options,
            path,
            null,
            ("Origin", "http://127.0.0.1:8500"),
            ("Access-Control-Request-Method", "POST")
        );
        using var answer = await AskAsync(server, "nothing", OwnBasic, ("Origin", "http://127.0.0.1:8500"));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, preflight.StatusCode);
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Too_many_questions_are_told_when_to_come_again()
    {
        await using var server = await StartAsync(settings: "Turnstone:Limits:RequestsPerCredential:Count=2");
        for (var i = 0; i < 2; i++)
        {
            await IsInactiveAsync(await AskAsync(server, "nothing"));
        }

        using var tooMany = await AskAsync(server, "nothing");

        Assert.Equal(HttpStatusCode.TooManyRequests, tooMany.StatusCode);
        Assert.NotNull(tooMany.Headers.RetryAfter);
    }
}

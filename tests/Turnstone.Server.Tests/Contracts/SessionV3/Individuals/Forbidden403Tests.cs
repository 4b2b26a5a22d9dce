using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Contracts.SessionV3.Individuals;

public sealed class Forbidden403Tests
{
    private const string OtherKey = "a key for something else";

    [Theory]
    [InlineData("")]
    [InlineData("individuals.write", "individuals")]
    public async Task A_key_without_the_scope_opens_nothing(params string[] scopes)
    {
        await using var server = await Wire.StartAsync();
        await server
            .Services.GetRequiredService<ApiKeys>()
            .ImportAsync(
                (await Known.AccountAsync(server.Services))!.Id,
                "other",
                Scopes.Of(scopes),
                null,
                OtherKey,
                Caller.Operator,
                TestContext.Current.CancellationToken
            );
        var (access, _) = await server.JsonAsync("/v3/auth/login", Wire.Json(("api_key", OtherKey))).PairAsync();

        await Golden.CheckAsync(await server.GetAsync("/v3/individuals", access), "individuals-403");
    }

    [Theory]
    [InlineData("other", HttpStatusCode.Forbidden)]
    [InlineData("individuals.read", HttpStatusCode.OK)]
    public async Task A_programs_token_needs_it_too(string scope, HttpStatusCode expected)
    {
        await using var server = await Wire.StartAsync();
        await ConsentTests.ChangeAsync(
            server,
            client => client with { Scopes = Scopes.Of(["other", "individuals.read"]) }
        );
        var access = await server
            .FormAsync(
                "/oauth2/token",
                $"grant_type=client_credentials&scope={scope}",
                Wire.Basic(Known.ClientId, Known.ClientSecret)
            )
            .MemberAsync("access_token");

        using var answer = await server.GetAsync("/v3/individuals", access);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_bad_token_is_answered_before_its_scope_is_looked_at()
    {
        await using var server = await Wire.StartAsync();

        using var answer = await server.GetAsync("/v3/individuals", "eyJhbGciOiJub25lIn0.e30.");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}

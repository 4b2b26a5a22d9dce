using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Contracts;

/// <summary>
/// One core behind all contracts: a token of each is a token in every other, and a session refreshes only where it was
/// opened, by the one it was given to.
/// </summary>
public sealed class AcrossContractsTests
{
    private static readonly string[] Contracts =
    [
        "auth-v1",
        "auth-v2",
        "oauth-v1-user",
        "oauth-v1-company",
        "session-v3",
        "oauth2",
    ];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var from in Contracts)
            {
                foreach (var to in Contracts)
                {
                    pairs.Add(from, to);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_token_of_one_is_good_in_the_other_until_its_session_is_revoked(string from, string to)
    {
        await using var server = await Wire.StartAsync();
        var (access, _) = await server.IssueAsync(from);
        Assert.Equal(HttpStatusCode.OK, (await ValidateAsync(server, to, access)).StatusCode);

        Assert.True(server.Services.GetRequiredService<AccessTokenReader>().Read(access).Good(out var claims));
        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAsync(
                claims.SessionId,
                RevocationReason.ByOperator,
                Caller.Operator,
                TestContext.Current.CancellationToken
            );
        Assert.Equal(HttpStatusCode.Unauthorized, (await ValidateAsync(server, to, access)).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_session_refreshes_only_in_its_own_and_elsewhere_consumes_nothing(string from, string to)
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.IssueAsync(from);
        server.Time.Advance(TimeSpan.FromMinutes(15));

        var response = await server.RefreshAsync(to, refresh);
        if (Family(from) == Family(to))
        {
            Assert.True(response.IsSuccessStatusCode);
            return;
        }

        Assert.InRange((int)response.StatusCode, 400, 401);
        server.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(
            (await server.RefreshAsync(from, refresh)).IsSuccessStatusCode,
            "The refusal elsewhere must not have consumed it."
        );
    }

    [Theory]
    [InlineData("oauth-v1-user")]
    [InlineData("oauth-v1-company")]
    [InlineData("oauth2")]
    public async Task Another_client_can_neither_refresh_a_session_nor_spoil_it(string contract)
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.IssueAsync(contract);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await server.RefreshAsync(contract, refresh, Known.OtherClientId, Known.OtherClientSecret)).StatusCode
        );
        Assert.True((await server.RefreshAsync(contract, refresh)).IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("oauth-v1-user")]
    [InlineData("oauth-v1-company")]
    [InlineData("oauth2")]
    public async Task A_client_revokes_its_own_session_of_whichever_contract_and_every_contract_knows(string from)
    {
        await using var server = await Wire.StartAsync();
        var (access, refresh) = await server.IssueAsync(from);
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await server.FormAsync(
                    "/oauth2/revoke",
                    $"token={refresh}",
                    Wire.Basic(Known.ClientId, Known.ClientSecret)
                )
            ).StatusCode
        );
        foreach (var to in Contracts)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await ValidateAsync(server, to, access)).StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_stolen_refresh_token_ends_the_session_everywhere(string from, string to)
    {
        await using var server = await Wire.StartAsync();
        var (_, refresh) = await server.IssueAsync(from);
        server.Time.Advance(TimeSpan.FromMinutes(15));
        var access = (await EachContract.TokensAsync(server.RefreshAsync(from, refresh))).Access;
        server.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.False((await server.RefreshAsync(from, refresh)).IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ValidateAsync(server, to, access)).StatusCode);
    }

    // The two first contracts share their sessions.
    private static string Family(string contract) =>
        contract.StartsWith("auth-", StringComparison.Ordinal) ? "auth" : contract;

    private static Task<HttpResponseMessage> ValidateAsync(TurnstoneServer server, string contract, string access) =>
        contract switch
        {
            "auth-v1" => server.SendAsync(
                HttpMethod.Post,
                "/auth/v1/validate-token",
                null,
                ("Authorization", $"Bearer {access}")
            ),
            "auth-v2" => server.SendAsync(
                HttpMethod.Post,
                "/auth/v2/validate",
                null,
                ("Authorization", $"Bearer {access}"),
                Subscription
            ),
            "session-v3" => server.GetAsync("/v3/individuals", access),

            // /oauth2 has no validation yet: its tokens are validated where /v1/oauth's are.
            _ => server.GetAsync("/v1/oauth/token", access),
        };

    private static (string Name, string Value) Subscription => ("Subscription-Key", Known.SubscriptionKey);
}

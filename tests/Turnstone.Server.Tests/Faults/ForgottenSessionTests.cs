using System.Data.Common;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Contracts.OAuth2;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Contracts.OAuth2.Dpop;
using Turnstone.Server.Tests.Contracts.OAuth2.Resources;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Testing;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// A store that was put back from a copy has no row of the sessions that were opened since. Their refresh tokens open
/// them again, and nothing that has ended comes back that way.
/// </summary>
public abstract class ForgottenSessionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_of_every_contract_go_on_and_the_audit_says_what_was_forgotten()
    {
        await using var server = await StartAsync();
        var tokens = new Dictionary<string, string>
        {
            ["/auth/v2"] = await RefreshOfSetAsync(server.Http.LoginV2Async()),
            ["/v1/oauth"] = (await server.OAuthV1Async()).Refresh,
            ["/oauth2"] = (await server.OAuth2Async()).Refresh,
            ["/v3"] = (await server.SessionV3Async()).Refresh,
        };
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await ForgetAllAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(20));

        Assert.DoesNotContain("history", await WarningsAsync(server));
        foreach (var (contract, token) in tokens)
        {
            var next = await RefreshedAsync(server, contract, token);
            Assert.True(next is not null, contract);
            server.Time.Advance(TimeSpan.FromMinutes(contract == "/v3" ? 31 : 1));
            Assert.True(await RefreshedAsync(server, contract, next!) is not null, contract);
        }

        var entries = await server
            .Services.GetRequiredService<IAuditLog>()
            .ReadAsync(new AuditQuery { Event = AuditEvent.StoreForgot }, Cancel);
        Assert.Equal(4, entries.Count(entry => entry.Detail == "opened again"));

        // Who looks after the service is told, for a day.
        Assert.Contains("history", await WarningsAsync(server));
    }

    [Fact]
    public async Task A_token_of_many_refreshes_goes_on_and_its_lost_answer_can_be_repeated()
    {
        await using var server = await StartAsync();
        var token = (await server.OAuth2Async()).Refresh;
        for (var i = 0; i < 3; i++)
        {
            server.Time.Advance(TimeSpan.FromMinutes(20));
            token = (await RefreshedAsync(server, "/oauth2", token))!;
        }

        await ForgetAllAsync(server);

        var first = await RefreshedAsync(server, "/oauth2", token, "a random key");
        Assert.NotNull(first);
        Assert.Equal(first, await RefreshedAsync(server, "/oauth2", token, "a random key"));
    }

    [Theory]
    [InlineData("&scope=individuals.read+email", "invalid_scope")]
    [InlineData("&resource=https://orders.example.test", "invalid_target")]
    public async Task A_token_asks_for_nothing_that_its_forgotten_session_had_not(string more, string error)
    {
        await using var server = await StartAsync();
        await KnownApis.AddAsync(server, KnownApis.Of("orders", "https://orders.example.test"));
        var token = (await server.OAuth2Async()).Refresh;
        await ForgetAllAsync(server);

        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=refresh_token&refresh_token={token}{more}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );

        Assert.Equal(error, (string?)(await answer.BodyAsync())["error"]);
        Assert.NotNull(await RefreshedAsync(server, "/oauth2", token));
    }

    [Fact]
    public async Task Two_nodes_that_are_asked_at_once_open_one_session()
    {
        await using var server = await StartAsync();
        var token = (await server.OAuth2Async()).Refresh;
        await ForgetAllAsync(server);

        var next = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => RefreshedAsync(server, "/oauth2", token, "a random key"))
        );

        Assert.Single(next.Distinct());
        Assert.NotNull(next[0]);
    }

    [Fact]
    public async Task One_that_was_revoked_before_or_after_it_was_forgotten_does_not_come_back()
    {
        await using var server = await StartAsync();
        var (before, after, marked) = (
            (await server.OAuth2Async()).Refresh,
            (await server.OAuth2Async()).Refresh,
            (await server.SessionV3Async()).Refresh
        );
        await RevokeAsync(server, before);
        await server.Services.GetRequiredService<Store>().Upkeep.SweepAsync(new Retention(), Cancel);
        Assert.Null(await RefreshedAsync(server, "/oauth2", before));
        await ForgetAllAsync(server);

        await RevokeAsync(server, after);
        Assert.Null(await RefreshedAsync(server, "/oauth2", after));

        server.Time.Advance(TimeSpan.FromSeconds(1));
        await server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAllAsync(SessionHolder.Everyone, RevocationReason.ByOperator, Caller.Operator, Cancel);
        Assert.Null(await RefreshedAsync(server, "/v3", marked));
        Assert.Empty(
            await server
                .Services.GetRequiredService<IAuditLog>()
                .ReadAsync(new AuditQuery { Event = AuditEvent.StoreForgot }, Cancel)
        );
    }

    /// <summary>The row of a revoked session stays for as long as its refresh token could open it again.</summary>
    [Fact]
    public async Task A_revoked_one_is_swept_only_when_its_token_opens_nothing_any_more()
    {
        await using var server = await StartAsync(["Turnstone:Contracts:OAuth2:RefreshTokenSeconds=31536000"]);
        var token = (await server.OAuth2Async()).Refresh;
        await RevokeAsync(server, token);
        foreach (var days in new[] { 10, 49, 10 })
        {
            server.Time.Advance(TimeSpan.FromDays(days));
            await server.Services.GetRequiredService<Store>().Upkeep.SweepAsync(new Retention(), Cancel);

            Assert.Null(await RefreshedAsync(server, "/oauth2", token));
        }
    }

    [Fact]
    public async Task One_that_has_expired_or_is_of_long_ago_or_of_another_contract_does_not_come_back()
    {
        await using var server = await StartAsync(["Turnstone:Contracts:OAuth2:RefreshTokenSeconds=31536000"]);
        var (expired, old) = ((await server.SessionV3Async()).Refresh, (await server.OAuth2Async()).Refresh);
        await ForgetAllAsync(server);

        Assert.Null(await RefreshedAsync(server, "/v1/oauth", old));
        Assert.Null(await RefreshedAsync(server, "/auth/v2", expired));
        server.Time.Advance(TimeSpan.FromHours(2));
        Assert.Null(await RefreshedAsync(server, "/v3", expired));
        server.Time.Advance(SessionLimits.LongestReopening);
        Assert.Null(await RefreshedAsync(server, "/oauth2", old));
    }

    [Fact]
    public async Task One_whose_holder_may_open_none_does_not_come_back_until_it_may_again()
    {
        await using var server = await StartAsync();
        var tokens = new Dictionary<string, (string Token, string Off, string On)>
        {
            ["/v3"] = (
                (await server.SessionV3Async()).Refresh,
                "UPDATE api_keys SET revoked_at = 1",
                "UPDATE api_keys SET revoked_at = NULL"
            ),
            ["/oauth2"] = (
                (await server.OAuth2Async()).Refresh,
                "UPDATE accounts SET disabled_at = 1",
                "UPDATE accounts SET disabled_at = NULL"
            ),
            ["/v1/oauth"] = (
                (await server.OAuthV1Async()).Refresh,
                "UPDATE clients SET disabled_at = 1",
                "UPDATE clients SET disabled_at = NULL"
            ),
            ["/auth/v2"] = (
                await RefreshOfSetAsync(server.Http.LoginV2Async()),
                "UPDATE subscriptions SET state = 'Suspended'",
                "UPDATE subscriptions SET state = 'Active'"
            ),
        };
        await ForgetAllAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(50));

        foreach (var (contract, (token, off, on)) in tokens)
        {
            await ExecuteAsync(server, off);
            ForgetCached(server);
            Assert.True(await RefreshedAsync(server, contract, token) is null, contract);
            await ExecuteAsync(server, on);
            ForgetCached(server);
            Assert.True(await RefreshedAsync(server, contract, token) is not null, contract);
        }
    }

    /// <summary>Their rows are gone: nothing but the revocation itself says that they have ended.</summary>
    [Fact]
    public async Task The_access_tokens_of_one_are_refused_at_once_when_it_or_its_holder_ends()
    {
        await using var server = await StartAsync();
        var (single, ofKey, ofAccount) = (
            await server.OAuth2Async(),
            await server.SessionV3Async(),
            (await server.OAuthV1Async()).Access
        );
        await ForgetAllAsync(server);
        foreach (var access in new[] { single.Access, ofKey.Access, ofAccount })
        {
            Assert.Equal(HttpStatusCode.OK, await UseAsync(server, access));
        }

        await RevokeAsync(server, single.Refresh);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, single.Access));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, ofKey.Access));

        server.Time.Advance(TimeSpan.FromSeconds(1));
        var account = (await Known.AccountAsync(server.Services))!.Id;
        var key = Assert.Single(
            await server.Services.GetRequiredService<IApiKeyStore>().ListAsync(account, Cancel),
            one => one.Name == "ci"
        );
        await EndAllAsync(server, SessionHolder.ApiKey(key.Id));
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, ofKey.Access));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, ofAccount));

        await EndAllAsync(server, SessionHolder.Account(account));
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(server, ofAccount));
    }

    /// <summary>Terms that were shortened since: the session's last token, and its row with it, may be gone.</summary>
    [Fact]
    public async Task A_token_that_lives_longer_than_its_contract_allows_now_opens_nothing_after_that()
    {
        await using var server = await StartAsync(["Turnstone:Contracts:OAuth2:RefreshTokenSeconds=864000"]);
        var keys = server.Services.GetRequiredService<MasterKeyRing>();
        var (within, after) = (
            LivingLonger((await server.OAuth2Async()).Refresh, keys),
            LivingLonger((await server.OAuth2Async()).Refresh, keys)
        );
        await ForgetAllAsync(server);

        server.Time.Advance(TimeSpan.FromDays(9));
        Assert.NotNull(await RefreshedAsync(server, "/oauth2", within));
        server.Time.Advance(TimeSpan.FromDays(2));
        Assert.Null(await RefreshedAsync(server, "/oauth2", after));
    }

    [Fact]
    public async Task Where_the_operator_wants_it_tokens_open_nothing_again()
    {
        await using var server = await StartAsync(["Turnstone:ReopensForgottenSessions=false"]);
        var token = (await server.OAuth2Async()).Refresh;
        Assert.Equal(66, token.Length);

        await ForgetAllAsync(server);

        Assert.Null(await RefreshedAsync(server, "/oauth2", token));
    }

    [Fact]
    public async Task A_token_of_version_1_goes_on_in_its_session_and_opens_none_again()
    {
        await using var server = await StartAsync();
        var keys = server.Services.GetRequiredService<MasterKeyRing>();
        Assert.True(RefreshToken.TryRead((await server.OAuth2Async()).Refresh, keys, out var given));
        var plain = (given with { Origin = null }).Write(keys);
        Assert.Equal(66, plain.Length);

        var next = await RefreshedAsync(server, "/oauth2", plain);

        Assert.NotNull(next);
        Assert.True(RefreshToken.TryRead(next, keys, out var second));
        await ForgetAllAsync(server);
        Assert.Null(await RefreshedAsync(server, "/oauth2", (second with { Origin = null }).Write(keys)));
        Assert.NotNull(await RefreshedAsync(server, "/oauth2", next));
    }

    [Fact]
    public async Task A_session_that_is_bound_to_a_key_is_opened_again_by_that_key_alone()
    {
        await using var server = await StartAsync();
        using var key = ClientKey.Ec();
        using var thief = ClientKey.Ec();
        var (_, refresh) = await server.BoundAsync(key);
        await ForgetAllAsync(server);

        async Task<string?> AskAsync(string token, params (string, string)[] proof)
        {
            using var answer = await server.FormAsync(DpopClient.TokenPath, DpopClient.RefreshForm(token), proof);
            return (string?)(await answer.BodyAsync())[answer.IsSuccessStatusCode ? "refresh_token" : "error"];
        }

        Assert.Equal("invalid_grant", await AskAsync(refresh));
        Assert.Equal("invalid_grant", await AskAsync(refresh, server.Proof(thief)));
        var next = (await AskAsync(refresh, server.Proof(key)))!;
        Assert.StartsWith("tsr_", next, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", await AskAsync(next, server.Proof(thief)));
        Assert.StartsWith("tsr_", await AskAsync(next, server.Proof(key)), StringComparison.Ordinal);
    }

    protected abstract Task<TurnstoneServer> StartAsync(IEnumerable<string>? settings = null);

    protected abstract DbConnection Connect(TurnstoneServer server);

    private async Task ExecuteAsync(TurnstoneServer server, string sql)
    {
        await using var connection = Connect(server);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are those of this file
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<List<string>> WarningsAsync(TurnstoneServer server) =>
        [
            .. (await server.Services.GetRequiredService<Readiness>().CheckAsync(Cancel))
                .Where(check => !check.Good)
                .Select(check => check.Name),
        ];

    // What this server remembers of holders is read again after a few seconds.
    private static void ForgetCached(TurnstoneServer server) => server.Time.Advance(TimeSpan.FromSeconds(6));

    private static Task<SessionCount> EndAllAsync(TurnstoneServer server, SessionHolder holder) =>
        server
            .Services.GetRequiredService<SessionRevocation>()
            .EndAllAsync(holder, RevocationReason.ByOperator, Caller.Operator, Cancel);

    private static async Task<HttpStatusCode> UseAsync(TurnstoneServer server, string access)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", access);
        return answer.StatusCode;
    }

    private static string LivingLonger(string refresh, MasterKeyRing keys)
    {
        Assert.True(RefreshToken.TryRead(refresh, keys, out var token));
        var origin = token.Origin!;
        return (token with { Origin = origin with { ExpiresAt = origin.IssuedAt.AddDays(50) } }).Write(keys);
    }

    private Task ForgetAllAsync(TurnstoneServer server) => ExecuteAsync(server, "DELETE FROM sessions");

    private static async Task RevokeAsync(TurnstoneServer server, string token)
    {
        using var answer = await server.FormAsync(
            "/oauth2/revoke",
            $"token={token}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string> RefreshOfSetAsync(Task<HttpResponseMessage> answering)
    {
        using var answer = await answering;
        return await answer.RefreshOfSetAsync();
    }

    /// <summary>The next refresh token; null when the refresh was refused.</summary>
    private static async Task<string?> RefreshedAsync(
        TurnstoneServer server,
        string contract,
        string token,
        string? key = null
    )
    {
        var form = $"grant_type=refresh_token&refresh_token={token}";
        (string, string)[] headers = key is null ? [] : [("Idempotency-Key", key)];
        using var answer = await (
            contract switch
            {
                "/auth/v2" => server.Http.RefreshV2Async(token),
                "/v1/oauth" => server.JsonAsync("/v1/oauth/token/user", Wire.RefreshBody(token)),
                "/oauth2" => server.FormAsync(
                    "/oauth2/token",
                    form,
                    [Wire.Basic(Known.ClientId, Known.ClientSecret), .. headers]
                ),
                _ => server.JsonAsync("/v3/auth/refresh", Wire.Json(("refresh_token", token))),
            }
        );
        if (!answer.IsSuccessStatusCode)
        {
            Assert.True((int)answer.StatusCode is 400 or 401, $"{contract}: {answer.StatusCode}");
            return null;
        }

        return contract == "/auth/v2"
            ? await answer.RefreshOfSetAsync()
            : (string)(await answer.BodyAsync())["refresh_token"]!;
    }
}

public sealed class Forgotten_session_on_SQLite : ForgottenSessionTests
{
    protected override Task<TurnstoneServer> StartAsync(IEnumerable<string>? settings = null) =>
        TurnstoneServer.StartAsync(AllContracts.MapAll, settings);

    protected override DbConnection Connect(TurnstoneServer server) =>
        new Microsoft.Data.Sqlite.SqliteConnection(server.Database);
}

public sealed class Forgotten_session_on_PostgreSQL : ForgottenSessionTests, IAsyncLifetime
{
    private readonly PostgresServer postgres = new();
    private string database = "";

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await postgres.DropDatabaseAsync(database);
        await postgres.DisposeAsync();
    }

    protected override Task<TurnstoneServer> StartAsync(IEnumerable<string>? settings = null) =>
        TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [
                $"ConnectionStrings:Turnstone={database}",
                $"Turnstone:MasterKey={Convert.ToBase64String(RandomSource.System.Bytes(32))}",
                .. settings ?? [],
            ],
            services => services.AddSingleton<IPreparationStep, Known>()
        );

    protected override DbConnection Connect(TurnstoneServer server) => new Npgsql.NpgsqlConnection(database);
}

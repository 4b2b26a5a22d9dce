using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Testing;
using Turnstone.Tokens;

namespace Turnstone.Server.Tests.Grants;

/// <summary>
/// Adding a grant is one file (<see cref="ThrowawayGrant"/>) and one line (in <see cref="StartAsync"/>): all else it
/// has from the pipeline.
/// </summary>
public sealed class OneFileAndOneLineTests
{
    private static readonly UsageHolder Holder = UsageHolder.Of(OwnClient.Id, null, null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_gives_tokens_that_work_refresh_and_stand_in_the_record()
    {
        await using var server = await StartAsync();
        using var counts = new GrantCounts(server.Services.GetRequiredService<GrantMeter>());

        var (access, refresh) = await AskAsync(server, ThrowawayGrant.Word).PairAsync();

        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v3/individuals", access)).StatusCode);
        await server
            .FormAsync("/oauth2/token", $"grant_type=refresh_token&refresh_token={refresh}", OwnClient.Basic)
            .PairAsync();
        Assert.True(server.Services.GetRequiredService<AccessTokenReader>().Read(access).Good(out var claims));
        var entry = Assert.Single(await AuditAsync(server, AuditEvent.Login));
        Assert.Equal(
            ("Throwaway", claims.SessionId, OwnClient.Id, "OAuth2"),
            (entry.Detail, entry.SessionId, entry.ClientId, entry.Contract)
        );
        Assert.Equal(1, await UsageAsync(server, UsageOutcome.Login));
        Assert.Equal((1, 1), (counts.Of("Throwaway", "granted"), counts.All("Throwaway")));
    }

    [Fact]
    public async Task A_wrong_credential_of_it_is_refused_recorded_and_limited()
    {
        await using var server = await StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        using var counts = new GrantCounts(server.Services.GetRequiredService<GrantMeter>());

        using var wrong = await AskAsync(server, "abracadabra");
        using var limited = await AskAsync(server, "hocus pocus");

        Assert.Equal(
            (HttpStatusCode.BadRequest, "invalid_grant"),
            (wrong.StatusCode, (string?)(await wrong.BodyAsync())["error"])
        );
        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.Equal("Throwaway", Assert.Single(await AuditAsync(server, AuditEvent.LoginFailed)).Detail);
        Assert.Equal(2, await UsageAsync(server, UsageOutcome.Invalid));
        Assert.Equal(
            (1, 1, 2),
            (counts.Of("Throwaway", "InvalidGrant"), counts.Of("Throwaway", "TooManyAttempts"), counts.All("Throwaway"))
        );
    }

    [Fact]
    public async Task What_is_missing_of_it_is_named_and_who_may_not_use_it_is_told_so()
    {
        await using var server = await StartAsync();

        using var missing = await server.FormAsync(
            "/oauth2/token",
            $"grant_type={ThrowawayGrant.TypeName}&email={Known.Email}",
            OwnClient.Basic
        );
        using var foreign = await server.FormAsync(
            "/oauth2/token",
            $"grant_type={ThrowawayGrant.TypeName}&email={Known.Email}&word={ThrowawayGrant.Word}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );

        Assert.Equal(
            "The parameter word is missing. Send it as text, 40 characters at most.",
            (string?)(await missing.BodyAsync())["error_description"]
        );
        Assert.Equal("unauthorized_client", (string?)(await foreign.BodyAsync())["error"]);
    }

    [Fact]
    public async Task Discovery_and_the_answer_to_an_unknown_grant_name_it()
    {
        await using var server = await StartAsync();

        using var discovery = await server.GetAsync("/.well-known/oauth-authorization-server");
        using var unknown = await server.FormAsync("/oauth2/token", "grant_type=telepathy", OwnClient.Basic);

        Assert.Contains(
            ThrowawayGrant.TypeName,
            (await discovery.BodyAsync())["grant_types_supported"]!.AsArray().Select(name => (string?)name)
        );
        Assert.EndsWith(
            $" or {ThrowawayGrant.TypeName} as grant_type.",
            (string?)(await unknown.BodyAsync())["error_description"],
            StringComparison.Ordinal
        );
    }

    private static async Task<TurnstoneServer> StartAsync(params string[] settings)
    {
        var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            settings,
            services => services.AddGrant<ThrowawayGrant>()
        );
        await OwnClient.AddAsync(
            server,
            client => client with { GrantTypes = [ThrowawayGrant.TypeName, RefreshGrant.TypeName] }
        );
        return server;
    }

    private static Task<HttpResponseMessage> AskAsync(TurnstoneServer server, string word) =>
        server.FormAsync(
            "/oauth2/token",
            $"grant_type={ThrowawayGrant.TypeName}&email={Known.Email}&word={word}&scope=individuals.read",
            OwnClient.Basic
        );

    private static async Task<IReadOnlyList<AuditEntry>> AuditAsync(TurnstoneServer server, AuditEvent what) =>
        await server
            .Services.GetRequiredService<IAuditLog>()
            .ReadAsync(new AuditQuery { ClientId = OwnClient.Id, Event = what }, Cancel);

    private static async Task<long> UsageAsync(TurnstoneServer server, UsageOutcome outcome)
    {
        var day = DateOnly.FromDateTime(server.Time.Now.UtcDateTime);
        var rows = await server.Services.GetRequiredService<IUsageCounters>().ReadAsync(Holder, day, day, Cancel);
        return rows.Where(row => row.Outcome == outcome).Sum(row => row.Count);
    }
}

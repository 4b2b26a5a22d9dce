using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

public sealed class ApiKeyGrantTests
{
    [Fact]
    public async Task A_key_opens_a_session_with_its_scopes()
    {
        await using var bench = await GrantBench.StartAsync();
        var key = await GivenKeyAsync(bench);

        var issued = await bench.GrantedAsync(Login(bench, key.Text));

        var session = await bench.SessionAsync(issued.Session.Id);
        Assert.Equal(("ApiKey", key.Key.Id, "read"), (session.Grant, session.ApiKeyId, $"{session.Scopes}"));
        Assert.Equal(1, bench.Counts.Of("ApiKey", "granted"));
    }

    [Fact]
    public async Task A_steered_login_is_recorded_once()
    {
        await using var bench = await GrantBench.StartAsync(
            steering: new LoginSteeringSettings { LoginsPerWindow = 1 }
        );
        var key = await GivenKeyAsync(bench);
        await bench.GrantedAsync(Login(bench, key.Text));

        Assert.Equal(RefusalCode.UseRefreshInstead, (await bench.RefusedAsync(Login(bench, key.Text))).Code);

        Assert.Equal((1, 2), (bench.Counts.Of("ApiKey", "UseRefreshInstead"), bench.Counts.All("ApiKey")));
        var holder = UsageHolder.Of(null, key.Key.Id, null);
        Assert.Equal(1, await bench.UsageAsync(holder, UsageOutcome.Steered));
        Assert.Equal(0, await bench.UsageAsync(holder, UsageOutcome.Invalid));
        var entry = Assert.Single(await bench.AuditAsync(AuditEvent.AbuseRefused, AuditEvent.LoginFailed));
        Assert.Equal((key.Key.Id, key.Key.AccountId), (entry.ApiKeyId, entry.AccountId));
    }

    [Fact]
    public async Task A_key_that_was_revoked_on_another_node_is_answered_like_a_wrong_one()
    {
        await using var bench = await GrantBench.StartAsync();
        var key = await GivenKeyAsync(bench);
        using var elsewhere = new ApiKeys(
            bench.Store.ApiKeys,
            bench.Keys,
            new Directory.StoreChanges(),
            RandomSource.System,
            bench.Time
        );
        var remembering = new ApiKeyGrant(elsewhere);
        Assert.Null((await elsewhere.ProveAsync(key.Text, GrantBench.Cancel)).Refusal);
        await bench.ApiKeys.RevokeAsync(key.Key.AccountId, key.Key.Id, GrantBench.Caller, GrantBench.Cancel);

        var withdrawn = await bench.RefusedAsync(
            GrantBench.Request(remembering, GrantInput.Of((ApiKeyGrant.Key, key.Text)))
        );

        Assert.Equal(await bench.RefusedAsync(Login(bench, "no key of ours")), withdrawn);
        Assert.Equal((2, 2), (bench.Counts.Of("ApiKey", "InvalidCredentials"), bench.Counts.Total));
    }

    [Fact]
    public async Task A_key_that_is_revoked_while_it_is_proven_opens_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var key = await GivenKeyAsync(bench);
        var grant = new InterruptedGrant(
            bench.Logins,
            () => bench.ApiKeys.RevokeAsync(key.Key.AccountId, key.Key.Id, GrantBench.Caller, GrantBench.Cancel)
        );

        Assert.Equal(grant.Wrong, await bench.RefusedAsync(Login(bench, key.Text) with { Grant = grant }));

        Assert.Empty(await bench.AuditAsync(AuditEvent.Login));
    }

    [Fact]
    public async Task The_key_of_a_disabled_account_opens_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var key = await GivenKeyAsync(bench);
        await bench.DisableAsync(key.Key.AccountId);

        Assert.Equal(bench.Logins.Wrong, await bench.RefusedAsync(Login(bench, key.Text)));

        Assert.Empty(await bench.AuditAsync(AuditEvent.Login));
    }

    [Fact]
    public async Task Every_guess_is_counted_also_those_of_a_network_that_is_limited()
    {
        await using var bench = await GrantBench.StartAsync(
            new RequestLimitSettings { FailuresPerNetwork = new(3, TimeSpan.FromMinutes(1)) }
        );
        var key = await GivenKeyAsync(bench);

        for (var i = 0; i < 50; i++)
        {
            await bench.RefusedAsync(Login(bench, $"guess {i}"));
        }

        Assert.Equal(50, bench.Counts.All("ApiKey"));
        Assert.Equal(50, await bench.UsageAsync(UsageHolder.Nobody, UsageOutcome.Invalid));
        Assert.Equal(
            ["ApiKey", "ApiKey: 2 more in this minute"],
            (await bench.AuditAsync(AuditEvent.LoginFailed)).Select(entry => entry.Detail).Order()
        );
        await bench.GrantedAsync(Login(bench, key.Text));
    }

    [Fact]
    public async Task A_key_past_its_own_limit_is_counted_and_no_longer_written()
    {
        await using var bench = await GrantBench.StartAsync(
            new RequestLimitSettings { PerCredential = new(1, TimeSpan.FromMinutes(1)) }
        );
        var key = await GivenKeyAsync(bench);
        await bench.GrantedAsync(Login(bench, key.Text));

        Assert.Equal(RefusalCode.TooManyAttempts, (await bench.RefusedAsync(Login(bench, key.Text))).Code);

        Assert.Equal(1, bench.Counts.Of("ApiKey", "TooManyAttempts"));
        Assert.Equal(1, await bench.UsageAsync(UsageHolder.Of(null, key.Key.Id, null), UsageOutcome.Limited));
        Assert.Empty(await bench.AuditAsync(AuditEvent.AbuseRefused, AuditEvent.LoginFailed));
    }

    private static async Task<MintedApiKey> GivenKeyAsync(GrantBench bench)
    {
        var ada = await bench.GivenAccountAsync("ada@example.test");
        return await bench.ApiKeys.CreateAsync(
            ada.Id,
            "ci",
            Scopes.Of(["read"]),
            null,
            GrantBench.Caller,
            GrantBench.Cancel
        );
    }

    private static TokenRequest Login(GrantBench bench, string key) =>
        GrantBench.Request(bench.Logins, GrantInput.Of((ApiKeyGrant.Key, key)));
}

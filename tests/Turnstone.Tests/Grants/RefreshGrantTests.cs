using System.Text.Json;
using Turnstone.Audit;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

public sealed class RefreshGrantTests
{
    [Fact]
    public async Task A_refresh_gives_the_next_tokens_of_the_same_session()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await LoginAsync(bench);

        var next = await bench.GrantedAsync(Refresh(bench, first));

        Assert.Equal((first.Session.Id, 1u), (next.Session.Id, next.Session.Generation));
        Assert.NotEqual(first.RefreshToken, next.RefreshToken);
        Assert.Equal((1, 1), (bench.Counts.Of("Refresh", "Advance"), bench.Counts.All("Refresh")));
        Assert.Equal(1, await bench.UsageAsync(UsageHolder.Of(first.Session), UsageOutcome.Refresh));
    }

    [Fact]
    public async Task The_access_token_of_a_reused_session_is_refused_here_at_once()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await LoginAsync(bench);
        await bench.GrantedAsync(Refresh(bench, first, "first"));

        var refusal = await bench.RefusedAsync(Refresh(bench, first, "another"));

        Assert.Equal(RefusalCode.TokenReused, refusal.Code);
        Assert.True(bench.Refuses(first.Session));
        var entry = Assert.Single(await bench.AuditAsync(AuditEvent.RefreshReuse));
        Assert.Equal(
            (first.Session.Id, first.Session.AccountId, RefusalCode.TokenReused),
            (entry.SessionId, entry.AccountId, entry.Refused)
        );
        Assert.Equal(1, await bench.UsageAsync(UsageHolder.Of(first.Session), UsageOutcome.Reuse));
        Assert.Equal(1, bench.Counts.Of("Refresh", "Reuse"));

        // Told once, however often it comes again.
        await bench.RefusedAsync(Refresh(bench, first, "another"));
        Assert.Equal([first.Session.Id], bench.Told.Ended);
        Assert.Empty(bench.Told.Sessions);
    }

    [Fact]
    public async Task A_refresh_whose_answer_was_lost_gets_it_again()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await LoginAsync(bench);
        var lost = await bench.GrantedAsync(Refresh(bench, first, "key"));

        var again = await bench.GrantedAsync(Refresh(bench, first, "key"));

        Assert.Equal((lost.RefreshToken, TokenIdOf(lost)), (again.RefreshToken, TokenIdOf(again)));
        Assert.NotEqual(TokenIdOf(first), TokenIdOf(lost));
    }

    [Theory]
    [InlineData(SuspectedCopy.Alarm, AuditEvent.CopySuspected, false)]
    [InlineData(SuspectedCopy.End, AuditEvent.RefreshReuse, true)]
    public async Task Two_generations_that_are_asked_for_twice_are_written_and_told_once(
        SuspectedCopy copies,
        AuditEvent written,
        bool ended
    )
    {
        await using var bench = await GrantBench.StartAsync();
        var terms = GrantBench.Terms with { Copies = copies };
        var first = await LoginAsync(bench);
        var second = await bench.GrantedAsync(Refresh(bench, first) with { Terms = terms });
        await bench.GrantedAsync(Refresh(bench, first) with { Terms = terms });
        await bench.GrantedAsync(Refresh(bench, second) with { Terms = terms });
        Assert.Empty(bench.Told.Sessions);

        var answer = await bench.AskAsync(Refresh(bench, second) with { Terms = terms });
        await bench.AskAsync(Refresh(bench, second) with { Terms = terms });

        Assert.Equal(ended, !answer.Granted(out _, out _));
        Assert.Equal(ended, bench.Refuses(first.Session));
        Assert.Equal([first.Session.Id], bench.Told.Sessions);
        Assert.Equal(1, bench.Counts.SuspectedCopies);
        var entry = Assert.Single(await bench.AuditAsync(AuditEvent.CopySuspected, AuditEvent.RefreshReuse));
        Assert.Equal((written, first.Session.AccountId), (entry.Event, entry.AccountId));
        Assert.Equal("two generations in a row, each twice", entry.Detail);
    }

    [Fact]
    public async Task The_key_of_the_refresh_before_is_refused_and_a_new_one_goes_on()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await LoginAsync(bench);
        var second = await bench.GrantedAsync(Refresh(bench, first, "constant"));

        Assert.Equal(Refusals.IdempotencyKeyReused, await bench.RefusedAsync(Refresh(bench, second, "constant")));
        var third = await bench.GrantedAsync(Refresh(bench, second, "another"));
        Assert.Equal(2u, third.Session.Generation);
    }

    [Fact]
    public async Task A_forged_token_concerns_nobody_and_counts_against_its_network()
    {
        await using var bench = await GrantBench.StartAsync(
            new RequestLimitSettings { FailuresPerNetwork = new(1, TimeSpan.FromMinutes(1)) }
        );
        var first = await LoginAsync(bench);
        var forged = Refresh(bench, first) with { Input = _ => GrantInput.Of((RefreshGrant.Token, "tsr_forged")) };

        Assert.Equal(Refusals.InvalidRefreshToken, await bench.RefusedAsync(forged));
        Assert.Equal(RefusalCode.TooManyAttempts, (await bench.RefusedAsync(forged)).Code);

        Assert.Equal(2, bench.Counts.All("Refresh"));
        Assert.Equal(2, await bench.UsageAsync(UsageHolder.Nobody, UsageOutcome.Invalid));
        Assert.Empty(await bench.AuditAsync(AuditEvent.LoginFailed, AuditEvent.AbuseRefused));
        await bench.GrantedAsync(Refresh(bench, first));
    }

    [Fact]
    public async Task Asking_for_more_than_the_session_has_moves_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await LoginAsync(bench);
        var wider = Refresh(bench, first) with
        {
            Input = _ => GrantInput.Of((RefreshGrant.Token, first.RefreshToken), Scopes.Of(["read"])),
        };

        Assert.Equal(Refusals.InvalidScope, await bench.RefusedAsync(wider));

        Assert.Equal(0u, (await bench.SessionAsync(first.Session.Id)).Generation);
        Assert.Equal(1, bench.Counts.Of("Refresh", "InvalidScope"));
    }

    [Fact]
    public async Task A_session_in_a_tight_loop_waits_and_each_of_its_attempts_is_counted()
    {
        await using var bench = await GrantBench.StartAsync(
            new RequestLimitSettings { PerCredential = new(1, TimeSpan.FromMinutes(1)) }
        );
        var first = await LoginAsync(bench);
        var next = await bench.GrantedAsync(Refresh(bench, first));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(RefusalCode.TooManyAttempts, (await bench.RefusedAsync(Refresh(bench, next))).Code);
        }

        Assert.Equal(5, bench.Counts.Of("Refresh", "TooManyAttempts"));
        Assert.Equal(1u, (await bench.SessionAsync(first.Session.Id)).Generation);
    }

    [Fact]
    public async Task A_subscription_refreshes_no_other_accounts_session()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await LoginAsync(bench);
        var other = await bench.GivenAccountAsync("bob@example.test");
        var foreign = Refresh(bench, first) with { Subscription = await bench.GivenSubscriptionAsync(other.Id) };

        Assert.Equal(Refusals.InvalidRefreshToken, await bench.RefusedAsync(foreign));

        // What is no concern of this account is not measured either.
        Assert.Empty(bench.Counts.Distances);
        await bench.GrantedAsync(Refresh(bench, first));
        Assert.Equal([0], bench.Counts.Distances);
    }

    /// <summary>The claim jti (RFC 7519 §4.1.7).</summary>
    private static string TokenIdOf(Issued issued)
    {
        Assert.True(Base64UrlText.TryDecode(issued.AccessToken.Split('.')[1], out var payload));
        using var claims = JsonDocument.Parse(payload);
        return claims.RootElement.GetProperty("jti").GetString()!;
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_session_is_refreshed_by_the_client_that_opened_it_alone(bool openedByClient, bool byClient)
    {
        await using var bench = await GrantBench.StartAsync();
        var ada = await bench.GivenAccountAsync("ada@example.test");
        var (client, presented) = await bench.GivenClientAsync();
        var first = await bench.GivenSessionAsync(ada, openedByClient ? client : null);
        var foreign = Refresh(bench, first) with { Client = byClient ? presented : null };

        Assert.Equal(Refusals.InvalidRefreshToken, await bench.RefusedAsync(foreign));

        Assert.Equal(0u, (await bench.SessionAsync(first.Session.Id)).Generation);
    }

    [Fact]
    public async Task A_client_does_not_refresh_the_session_of_another()
    {
        await using var bench = await GrantBench.StartAsync();
        var ada = await bench.GivenAccountAsync("ada@example.test");
        var (shop, presented) = await bench.GivenClientAsync();
        var (_, depot) = await bench.GivenClientAsync("depot");
        var first = await bench.GivenSessionAsync(ada, shop);

        var refusal = await bench.RefusedAsync(Refresh(bench, first) with { Client = depot });

        Assert.Equal(Refusals.InvalidRefreshToken, refusal);
        await bench.GrantedAsync(Refresh(bench, first) with { Client = presented });
    }

    [Fact]
    public async Task A_session_of_another_contract_is_not_refreshed()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await LoginAsync(bench);
        var elsewhere = Refresh(bench, first) with { Terms = GrantBench.Terms with { Contract = "other" } };

        Assert.Equal(Refusals.InvalidRefreshToken, await bench.RefusedAsync(elsewhere));
    }

    [Fact]
    public async Task A_session_that_was_ended_is_answered_as_such()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await LoginAsync(bench);
        await bench.ChangePasswordAsync(first.Session.AccountId!.Value);

        Assert.Equal(Refusals.SessionRevoked, await bench.RefusedAsync(Refresh(bench, first)));
    }

    [Fact]
    public async Task A_session_past_its_end_is_answered_as_such()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await LoginAsync(bench);
        bench.Time.Advance(GrantBench.Terms.RefreshLifetime);

        Assert.Equal(Refusals.SessionExpired, await bench.RefusedAsync(Refresh(bench, first)));
    }

    [Fact]
    public async Task Fewer_scopes_are_for_one_access_token_alone()
    {
        await using var bench = await GrantBench.StartAsync();
        var first = await bench.GivenSessionAsync(
            await bench.GivenAccountAsync("ada@example.test"),
            client: null,
            "read write"
        );
        var narrowed = await bench.GrantedAsync(
            Refresh(bench, first) with
            {
                Input = _ => GrantInput.Of((RefreshGrant.Token, first.RefreshToken), Scopes.Of(["read"])),
            }
        );

        var next = await bench.GrantedAsync(Refresh(bench, narrowed));

        Assert.Equal(("read", "read write"), ($"{narrowed.Scopes}", $"{next.Scopes}"));
    }

    private static async Task<Issued> LoginAsync(GrantBench bench)
    {
        await bench.GivenAccountAsync("ada@example.test");
        return await bench.GrantedAsync(
            GrantBench.Request(
                bench.Passwords,
                GrantInput.Of(
                    (PasswordGrant.Username, "ada@example.test"),
                    (PasswordGrant.Password, GrantBench.Password)
                )
            )
        );
    }

    private static TokenRequest Refresh(GrantBench bench, Issued issued, string? key = null) =>
        GrantBench.Request(
            bench.Refreshes,
            GrantInput.Of((RefreshGrant.Token, issued.RefreshToken), idempotencyKey: key)
        );
}

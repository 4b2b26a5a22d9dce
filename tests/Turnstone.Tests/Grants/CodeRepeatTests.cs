using Turnstone.Audit;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

/// <summary>A code that comes a second time: the repeat of a lost answer, or a theft.</summary>
public sealed class CodeRepeatTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(null, "key")]
    [InlineData("key", null)]
    [InlineData("key", "another")]
    public async Task A_second_use_that_is_not_shown_to_be_a_repeat_ends_what_the_first_gave(
        string? first,
        string? second
    )
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With(first));

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With(second)));

        Assert.NotNull((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
        Assert.True(bench.Refuses(issued.Session));
        Assert.Single(await bench.AuditAsync(AuditEvent.CodeReused));
        Assert.Single(await bench.AuditAsync(AuditEvent.LoginFailed));
        Assert.Equal((1, 2), (bench.Counts.Of("Code", "InvalidGrant"), bench.Counts.Total));
    }

    [Fact]
    public async Task A_second_use_whose_client_has_left_ends_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With());

        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
            await bench.AskAsync(exchange.With() with { HasLeft = () => true })
        );

        Assert.Null((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
        Assert.Empty(await bench.AuditAsync(AuditEvent.CodeReused));
    }

    [Fact]
    public async Task An_exchange_whose_answer_was_lost_gets_it_again_as_often_as_it_asks()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        var lost = await bench.GrantedAsync(exchange.With("key"));
        bench.Time.Advance(TimeSpan.FromSeconds(59));

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var again = await bench.GrantedAsync(exchange.With("key"));
            Assert.Equal(lost.RefreshToken, again.RefreshToken);
            Assert.Equal(
                (lost.Session.Id, lost.Session.AccessExpiresAt),
                (again.Session.Id, again.Session.AccessExpiresAt)
            );
        }

        Assert.Single(await bench.AuditAsync(AuditEvent.Login));
        Assert.Empty(await bench.AuditAsync(AuditEvent.CodeReused, AuditEvent.LoginFailed));
        Assert.Equal((1, 2), (bench.Counts.Of("Code", "granted"), bench.Counts.Of("Code", "Replay")));
        Assert.Equal(2, await bench.UsageAsync(UsageHolder.Of(lost.Session), UsageOutcome.Replay));
    }

    [Fact]
    public async Task A_repeat_after_the_codes_minute_is_a_second_use()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With("key"));
        bench.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key")));
        Assert.NotNull((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
    }

    [Fact]
    public async Task A_repeat_by_whoever_has_refreshed_since_is_a_second_use()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With("key"));
        await bench.GrantedAsync(
            exchange.With() with
            {
                Grant = bench.Refreshes,
                Input = _ => GrantInput.Of((RefreshGrant.Token, issued.RefreshToken), idempotencyKey: "another"),
            }
        );

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key")));
        Assert.NotNull((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
    }

    [Fact]
    public async Task A_repeat_of_a_session_that_was_revoked_gives_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With("key"));
        await bench.Store.Sessions.EndAsync(
            issued.Session.Id,
            RevocationReason.ByOwner,
            bench.Entry(AuditEvent.SessionRevoked),
            GrantBench.Cancel
        );

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key")));
    }

    [Fact]
    public async Task Of_exchanges_side_by_side_with_one_key_each_gets_the_one_answer()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => bench.GrantedAsync(exchange.With("key"))))
        );

        Assert.Single(answers.Select(answer => answer.RefreshToken).Distinct());
        Assert.Single(await bench.AuditAsync(AuditEvent.Login));
        Assert.Equal((1, 8), (bench.Counts.Of("Code", "granted"), bench.Counts.Total));
    }

    [Fact]
    public async Task Of_exchanges_side_by_side_without_a_key_none_stays_good()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => bench.AskAsync(exchange.With()).AsTask()))
        );

        var issued = Assert.Single(answers, answer => answer.Refusal is null).Value!;
        Assert.NotNull((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
        Assert.Equal((7, 8), (bench.Counts.Of("Code", "InvalidGrant"), bench.Counts.Total));
    }

    [Fact]
    public async Task Who_does_not_hold_the_verifier_gets_nothing_and_ends_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With("key"));

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key", verifier: null)));
        Assert.Equal(
            Refusals.InvalidCode,
            await bench.RefusedAsync(exchange.With("key", verifier: new string('x', 43)))
        );
        Assert.Equal(
            Refusals.InvalidCode,
            await bench.RefusedAsync(exchange.With("key", verifier: new string('x', 5000)))
        );

        Assert.Null((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
    }

    [Fact]
    public async Task Another_client_gets_nothing_of_a_repeat()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With("key"));
        var (_, other) = await bench.GivenClientAsync("depot");

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key") with { Client = other }));
        Assert.Null((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
    }
}

using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

public sealed class PasswordGrantTests
{
    private const string Email = "ada@example.test";

    [Fact]
    public async Task The_right_password_opens_a_session_and_leaves_one_record()
    {
        await using var bench = await GrantBench.StartAsync();
        var ada = await bench.GivenAccountAsync(Email);

        var issued = await bench.GrantedAsync(Login(bench));

        var session = await bench.SessionAsync(issued.Session.Id);
        Assert.Equal(("Password", ada.Id, "family"), (session.Grant, session.AccountId, session.Contract));
        var entry = Assert.Single(await bench.AuditAsync(AuditEvent.Login));
        Assert.Equal((session.Id, "Password"), (entry.SessionId, entry.Detail));
        Assert.Equal((1, 1), (bench.Counts.Of("Password", "granted"), bench.Counts.Total));
        Assert.Equal(1, await bench.UsageAsync(UsageHolder.Of(session), UsageOutcome.Login));
    }

    [Fact]
    public async Task A_subscription_that_was_suspended_while_the_password_was_checked_opens_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var ada = await bench.GivenAccountAsync(Email);
        var seen = await bench.GivenSubscriptionAsync(ada.Id);
        Assert.True(
            (
                await bench.Store.Subscriptions.SaveAsync(
                    seen with
                    {
                        State = SubscriptionState.Suspended,
                    },
                    bench.Entry(AuditEvent.SubscriptionChanged),
                    GrantBench.Cancel
                )
            ).IsCommitted
        );

        Assert.Equal(PasswordCheck.Wrong, await bench.RefusedAsync(Login(bench) with { Subscription = seen }));

        Assert.Empty(await bench.AuditAsync(AuditEvent.Login));
        Assert.Equal((1, 1), (bench.Counts.Of("Password", "InvalidCredentials"), bench.Counts.Total));
        Assert.Equal(1, await bench.UsageAsync(UsageHolder.Of(null, null, ada.Id), UsageOutcome.Invalid));
    }

    [Fact]
    public async Task A_password_that_is_changed_while_it_is_checked_opens_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var ada = await bench.GivenAccountAsync(Email);
        var grant = new InterruptedGrant(bench.Passwords, () => bench.ChangePasswordAsync(ada.Id));

        Assert.Equal(PasswordCheck.Wrong, await bench.RefusedAsync(Login(bench) with { Grant = grant }));

        Assert.Empty(await bench.AuditAsync(AuditEvent.Login));
    }

    [Fact]
    public async Task The_admission_names_the_subscription_and_the_key_that_was_used()
    {
        await using var bench = await GrantBench.StartAsync();
        var ada = await bench.GivenAccountAsync(Email);
        var subscription = (await bench.GivenSubscriptionAsync(ada.Id)) with
        {
            UsedKey = SubscriptionKeySlot.Secondary,
        };
        var request = Login(bench) with { Subscription = subscription };

        var proof = await bench.Passwords.ProveAsync(
            new Attempt(request, bench.Passwords, null, request.Input(bench.Passwords).Value!),
            GrantBench.Cancel
        );

        Assert.Equal((subscription.Id, SubscriptionKeySlot.Secondary), Assert.IsType<Admission>(proof).Subscription);
    }

    [Fact]
    public async Task Another_accounts_subscription_an_unconfirmed_email_and_a_wrong_password_are_answered_alike()
    {
        await using var bench = await GrantBench.StartAsync();
        await bench.GivenAccountAsync(Email);
        var bob = await bench.GivenAccountAsync("bob@example.test");
        await bench.GivenAccountAsync("new@example.test", confirmed: false);
        var foreign = await bench.GivenSubscriptionAsync(bob.Id);

        Assert.Equal(PasswordCheck.Wrong, await bench.RefusedAsync(Login(bench) with { Subscription = foreign }));
        Assert.Equal(PasswordCheck.Wrong, await bench.RefusedAsync(Login(bench, "new@example.test")));
        Assert.Equal(PasswordCheck.Wrong, await bench.RefusedAsync(Login(bench, Email, "guess")));
        Assert.Equal(PasswordCheck.Wrong, await bench.RefusedAsync(Login(bench, "nobody@example.test")));

        Assert.Equal(4, (await bench.AuditAsync(AuditEvent.LoginFailed)).Count);
        Assert.Equal((4, 4), (bench.Counts.Of("Password", "InvalidCredentials"), bench.Counts.Total));
    }

    [Fact]
    public async Task Every_guess_is_counted_also_those_of_a_network_that_is_limited()
    {
        await using var bench = await GrantBench.StartAsync(
            new RequestLimitSettings { FailuresPerNetwork = new(3, TimeSpan.FromMinutes(1)) }
        );

        for (var i = 0; i < 50; i++)
        {
            await bench.RefusedAsync(Login(bench, $"user{i}@example.test", "guess"));
        }

        Assert.Equal(
            ["Password", "Password: 2 more in this minute"],
            (await bench.AuditAsync(AuditEvent.LoginFailed)).Select(entry => entry.Detail).Order()
        );
        Assert.Equal(50, bench.Counts.All("Password"));
        Assert.Equal(
            50,
            await bench.UsageAsync(UsageHolder.Nobody, UsageOutcome.Invalid)
                + await bench.UsageAsync(UsageHolder.Nobody, UsageOutcome.Limited)
        );
    }

    [Fact]
    public async Task Guesses_at_one_account_meet_its_limit_which_is_recorded_as_abuse()
    {
        await using var bench = await GrantBench.StartAsync();
        await bench.GivenAccountAsync(Email);
        for (var i = 0; i < 10; i++)
        {
            await bench.RefusedAsync(Login(bench, Email, "guess"));
        }

        Assert.Equal(RefusalCode.TooManyAttempts, (await bench.RefusedAsync(Login(bench))).Code);

        Assert.Single(await bench.AuditAsync(AuditEvent.AbuseRefused));
        Assert.Equal(1, await bench.UsageAsync(UsageHolder.Nobody, UsageOutcome.Limited));
        Assert.Equal((1, 11), (bench.Counts.Of("Password", "TooManyAttempts"), bench.Counts.Total));
    }

    [Fact]
    public async Task A_right_password_uses_up_no_attempt()
    {
        await using var bench = await GrantBench.StartAsync();
        await bench.GivenAccountAsync(Email);

        for (var i = 0; i < 15; i++)
        {
            await bench.GrantedAsync(Login(bench));
        }

        Assert.Equal((15, 15), (bench.Counts.Of("Password", "granted"), bench.Counts.Total));
    }

    private static TokenRequest Login(GrantBench bench, string email = Email, string password = GrantBench.Password) =>
        GrantBench.Request(
            bench.Passwords,
            GrantInput.Of((PasswordGrant.Username, email), (PasswordGrant.Password, password))
        );
}

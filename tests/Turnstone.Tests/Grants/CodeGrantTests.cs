using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

public sealed class CodeGrantTests
{
    [Fact]
    public async Task A_code_opens_one_session_for_the_client_it_was_made_for()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);

        var issued = await bench.GrantedAsync(exchange.With());

        Assert.Equal(
            ("Code", exchange.Client.Id, "read"),
            (issued.Session.Grant, issued.Session.ClientId, $"{issued.Session.Scopes}")
        );
        Assert.Equal((1, 1), (bench.Counts.Of("Code", "granted"), bench.Counts.Total));
    }

    [Fact]
    public async Task A_code_of_the_family_is_exchanged_for_each_kind_of_its_sessions_and_for_no_others()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        var user = exchange.With() with { Terms = GrantBench.Terms with { Contract = "family.user" } };

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(user));

        Assert.Equal("family.user", (await bench.GrantedAsync(user with { Family = "family" })).Session.Contract);
    }

    [Fact]
    public async Task A_code_from_before_a_password_change_opens_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        await bench.ChangePasswordAsync(exchange.Account.Id);

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key")));

        Assert.Empty(await bench.AuditAsync(AuditEvent.Login));
        Assert.Equal((1, 1), (bench.Counts.Of("Code", "InvalidGrant"), bench.Counts.Total));
    }

    [Fact]
    public async Task The_email_that_an_answer_names_is_the_accounts()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);

        var issued = await bench.GrantedAsync(exchange.With("key") with { NamesEmail = true });
        var again = await bench.GrantedAsync(exchange.With("key") with { NamesEmail = true });
        var unasked = await bench.GrantedAsync(exchange.With("key"));

        Assert.Equal(("ada@example.test", "ada@example.test", null), (issued.Email, again.Email, unasked.Email));
    }

    [Theory]
    [InlineData("family", true)]
    [InlineData("special", true)]
    [InlineData("other", false)]
    public async Task A_code_is_good_for_its_family_or_its_one_contract(string madeFor, bool opens)
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench, order => order with { Contract = madeFor });

        var outcome = await bench.AskAsync(
            exchange.With() with
            {
                Terms = GrantBench.Terms with { Contract = "special" },
                Family = "family",
            }
        );

        Assert.Equal(opens ? null : Refusals.InvalidCode, outcome.Refusal);
    }

    [Theory]
    [InlineData("https://shop.example.test/callback", true)]
    [InlineData("https://shop.example.test/other", false)]
    [InlineData(null, false)]
    public async Task A_code_that_was_asked_with_a_redirect_URI_is_exchanged_with_the_same(string? uri, bool opens)
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(
            bench,
            order => order with { RedirectUri = "https://shop.example.test/callback" }
        );

        var outcome = await bench.AskAsync(exchange.With(redirectUri: uri));

        Assert.Equal(opens ? null : Refusals.InvalidCode, outcome.Refusal);
    }

    [Fact]
    public async Task A_code_past_its_end_opens_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(bench);
        bench.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With()));

        Assert.Empty(await bench.AuditAsync(AuditEvent.Login, AuditEvent.CodeReused));
    }

    [Theory]
    [InlineData(false, null, true)]
    [InlineData(false, CodeExchange.Verifier, false)]
    [InlineData(true, null, false)]
    [InlineData(true, CodeExchange.Verifier, false)]
    public async Task Without_a_challenge_a_code_is_for_a_client_with_a_secret_that_sends_no_verifier(
        bool isPublic,
        string? verifier,
        bool opens
    )
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(
            bench,
            order => order with { Challenge = null },
            client => client with { Public = isPublic }
        );

        var outcome = await bench.AskAsync(exchange.With(verifier: verifier));

        Assert.Equal(opens ? null : Refusals.InvalidCode, outcome.Refusal);
    }

    [Fact]
    public async Task A_client_that_may_not_refresh_gets_no_refresh_token()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await CodeExchange.GivenAsync(
            bench,
            client: client => client with { GrantTypes = [CodeGrant.TypeName] }
        );

        var issued = await bench.GrantedAsync(exchange.With());

        Assert.Null(issued.RefreshToken);
        Assert.False((await bench.SessionAsync(issued.Session.Id)).Refreshable);
    }
}

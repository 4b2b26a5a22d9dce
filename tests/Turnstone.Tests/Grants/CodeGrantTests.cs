using System.Security.Cryptography;
using System.Text;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

public sealed class CodeGrantTests
{
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    [Fact]
    public async Task A_code_opens_one_session_for_the_client_it_was_made_for()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await GivenExchangeAsync(bench);

        var issued = await bench.GrantedAsync(exchange.With());

        Assert.Equal(
            ("Code", exchange.Client.Id, "read"),
            (issued.Session.Grant, issued.Session.ClientId, $"{issued.Session.Scopes}")
        );
        Assert.Equal((1, 1), (bench.Counts.Of("Code", "granted"), bench.Counts.Total));
    }

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
        var exchange = await GivenExchangeAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With(first));

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With(second)));

        Assert.NotNull((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
        Assert.True(bench.Refuses(issued.Session));
        Assert.Single(await bench.AuditAsync(AuditEvent.CodeReused));
        Assert.Single(await bench.AuditAsync(AuditEvent.LoginFailed));
        Assert.Equal((1, 2), (bench.Counts.Of("Code", "InvalidGrant"), bench.Counts.Total));
    }

    [Fact]
    public async Task An_exchange_whose_answer_was_lost_gets_it_again_as_often_as_it_asks()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await GivenExchangeAsync(bench);
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
        var exchange = await GivenExchangeAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With("key"));
        bench.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key")));
        Assert.NotNull((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
    }

    [Fact]
    public async Task A_repeat_by_whoever_has_refreshed_since_is_a_second_use()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await GivenExchangeAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With("key"));
        await bench.GrantedAsync(
            exchange.With() with
            {
                Grant = bench.Refreshes,
                Input = _ => GrantInput.Of((RefreshGrant.Token, issued.RefreshToken), idempotencyKey: "key"),
            }
        );

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key")));
        Assert.NotNull((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
    }

    [Fact]
    public async Task A_repeat_of_a_session_that_was_revoked_gives_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await GivenExchangeAsync(bench);
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
        var exchange = await GivenExchangeAsync(bench);

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
        var exchange = await GivenExchangeAsync(bench);

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
        var exchange = await GivenExchangeAsync(bench);
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
        var exchange = await GivenExchangeAsync(bench);
        var issued = await bench.GrantedAsync(exchange.With("key"));
        var (_, other) = await bench.GivenClientAsync("depot");

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key") with { Client = other }));
        Assert.Null((await bench.SessionAsync(issued.Session.Id)).RevokedAt);
    }

    [Fact]
    public async Task A_code_of_the_family_is_exchanged_for_each_kind_of_its_sessions_and_for_no_others()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await GivenExchangeAsync(bench);
        var user = exchange.With() with { Terms = GrantBench.Terms with { Contract = "family.user" } };

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(user));

        Assert.Equal("family.user", (await bench.GrantedAsync(user with { Family = "family" })).Session.Contract);
    }

    [Fact]
    public async Task A_code_from_before_a_password_change_opens_nothing()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await GivenExchangeAsync(bench);
        await bench.ChangePasswordAsync(exchange.Account.Id);

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With("key")));

        Assert.Empty(await bench.AuditAsync(AuditEvent.Login));
        Assert.Equal((1, 1), (bench.Counts.Of("Code", "InvalidGrant"), bench.Counts.Total));
    }

    [Fact]
    public async Task The_email_that_an_answer_names_is_the_accounts()
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await GivenExchangeAsync(bench);

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
        var exchange = await GivenExchangeAsync(bench, order => order with { Contract = madeFor });

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
        var exchange = await GivenExchangeAsync(
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
        var exchange = await GivenExchangeAsync(bench);
        bench.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(Refusals.InvalidCode, await bench.RefusedAsync(exchange.With()));

        Assert.Empty(await bench.AuditAsync(AuditEvent.Login, AuditEvent.CodeReused));
    }

    [Theory]
    [InlineData(false, null, true)]
    [InlineData(false, Verifier, false)]
    [InlineData(true, null, false)]
    [InlineData(true, Verifier, false)]
    public async Task Without_a_challenge_a_code_is_for_a_client_with_a_secret_that_sends_no_verifier(
        bool isPublic,
        string? verifier,
        bool opens
    )
    {
        await using var bench = await GrantBench.StartAsync();
        var exchange = await GivenExchangeAsync(
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
        var exchange = await GivenExchangeAsync(
            bench,
            client: client => client with { GrantTypes = [CodeGrant.TypeName] }
        );

        var issued = await bench.GrantedAsync(exchange.With());

        Assert.Null(issued.RefreshToken);
        Assert.False((await bench.SessionAsync(issued.Session.Id)).Refreshable);
    }

    private static async Task<Exchange> GivenExchangeAsync(
        GrantBench bench,
        Func<CodeOrder, CodeOrder>? order = null,
        Func<Client, Client>? client = null
    )
    {
        var account = await bench.GivenAccountAsync("ada@example.test");
        var (shop, presented) = await bench.GivenClientAsync(differently: client);
        var usual = new CodeOrder
        {
            Contract = "family",
            Account = account,
            ClientId = shop.Id,
            Challenge = Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            Scopes = Scopes.Of(["read"]),
        };
        var code = await bench.Codes.MintAsync(
            order?.Invoke(usual) ?? usual,
            TimeSpan.FromSeconds(60),
            GrantBench.Caller,
            GrantBench.Cancel
        );
        return new Exchange(bench, account, shop, presented, code);
    }

    private sealed record Exchange(
        GrantBench Bench,
        Account Account,
        Client Client,
        PresentedClient Presented,
        string Code
    )
    {
        public TokenRequest With(string? key = null, string? verifier = Verifier, string? redirectUri = null) =>
            GrantBench.Request(Bench.Exchanges, GrantInput.Of()) with
            {
                Client = Presented,
                Input = grant =>
                    GrantInput.Read(
                        grant,
                        name =>
                            name == CodeGrant.Code.Name ? Code
                            : name == CodeGrant.Verifier.Name ? verifier
                            : name == CodeGrant.RedirectUri.Name ? redirectUri
                            : null,
                        null,
                        key
                    ),
            };
    }
}

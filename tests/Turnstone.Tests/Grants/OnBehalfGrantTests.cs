using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

public sealed class OnBehalfGrantTests
{
    private const string Company = "company";

    [Fact]
    public async Task A_company_acts_for_the_account_that_authorised_it()
    {
        await using var bench = await GrantBench.StartAsync();
        var (ada, client) = (
            await bench.GivenAccountAsync("ada@example.test"),
            (await bench.GivenClientAsync()).Client
        );
        var company = await GivenCompanyAsync(bench, ada, client);

        var issued = await bench.GrantedAsync(Request(bench, company, ada.Email));

        Assert.Equal(
            ("OnBehalf", ada.Id, client.Id),
            (issued.Session.Grant, issued.Session.AccountId, issued.Session.ClientId)
        );
        Assert.Equal((1, 1), (bench.Counts.Of("OnBehalf", "granted"), bench.Counts.Total));
    }

    [Theory]
    [InlineData(GrantKind.Code, true)]
    [InlineData(GrantKind.OnBehalf, false)]
    [InlineData(GrantKind.Password, false)]
    public async Task Another_account_is_reached_only_by_a_session_that_it_authorised_itself(string grant, bool reached)
    {
        await using var bench = await GrantBench.StartAsync();
        var client = (await bench.GivenClientAsync()).Client;
        var company = await GivenCompanyAsync(bench, await bench.GivenAccountAsync("ada@example.test"), client);
        var bob = await bench.GivenAccountAsync("bob@example.test");
        await bench.GivenSessionAsync(bob, client, grant: grant);

        var outcome = await bench.AskAsync(Request(bench, company, bob.Email));

        Assert.Equal(reached ? null : Refusals.UserNotAvailable, outcome.Refusal);
    }

    [Fact]
    public async Task A_session_of_another_contract_reaches_nobody()
    {
        await using var bench = await GrantBench.StartAsync();
        var (ada, client) = (
            await bench.GivenAccountAsync("ada@example.test"),
            (await bench.GivenClientAsync()).Client
        );
        var user = (await bench.GivenSessionAsync(ada, client)).Session;

        Assert.Equal(Refusals.UnauthorizedClient, await bench.RefusedAsync(Request(bench, user, ada.Email)));
    }

    [Fact]
    public async Task The_user_gets_no_scope_that_it_did_not_say_yes_to()
    {
        await using var bench = await GrantBench.StartAsync();
        var client = (await bench.GivenClientAsync()).Client;
        var ada = await bench.GivenAccountAsync("ada@example.test");
        var company = await GivenCompanyAsync(bench, ada, client, "read write");
        var bob = await bench.GivenAccountAsync("bob@example.test");
        await bench.GivenSessionAsync(bob, client, "read");

        Assert.Equal("read", $"{(await bench.GrantedAsync(Request(bench, company, bob.Email))).Scopes}");
        Assert.Equal(
            Refusals.InvalidScope,
            await bench.RefusedAsync(Request(bench, company, bob.Email, Scopes.Of(["admin"])))
        );
    }

    [Fact]
    public async Task Whoever_is_not_reached_is_answered_alike()
    {
        await using var bench = await GrantBench.StartAsync();
        var client = (await bench.GivenClientAsync()).Client;
        var company = await GivenCompanyAsync(bench, await bench.GivenAccountAsync("ada@example.test"), client);
        await bench.GivenAccountAsync("stranger@example.test");
        var disabled = await bench.GivenAccountAsync("disabled@example.test");
        await bench.GivenSessionAsync(disabled, client);
        await bench.DisableAsync(disabled.Id);

        foreach (var email in (string[])["stranger@example.test", "disabled@example.test", "nobody@example.test", "x"])
        {
            Assert.Equal(Refusals.UserNotAvailable, await bench.RefusedAsync(Request(bench, company, email)));
        }
    }

    [Fact]
    public async Task A_company_whose_session_has_ended_reaches_nobody()
    {
        await using var bench = await GrantBench.StartAsync();
        var ada = await bench.GivenAccountAsync("ada@example.test");
        var company = await GivenCompanyAsync(bench, ada, (await bench.GivenClientAsync()).Client);
        await bench.Store.Sessions.EndAsync(
            company.Id,
            RevocationReason.ByOwner,
            bench.Entry(AuditEvent.SessionRevoked),
            GrantBench.Cancel
        );

        Assert.Equal(Refusals.UnauthorizedClient, await bench.RefusedAsync(Request(bench, company, ada.Email)));
    }

    [Fact]
    public async Task A_client_that_may_not_have_user_tokens_reaches_nobody()
    {
        await using var bench = await GrantBench.StartAsync();
        var ada = await bench.GivenAccountAsync("ada@example.test");
        var (client, _) = await bench.GivenClientAsync(differently: one => one with { TokenTypes = [Company] });
        var company = await GivenCompanyAsync(bench, ada, client);

        Assert.Equal(Refusals.UnauthorizedClient, await bench.RefusedAsync(Request(bench, company, ada.Email)));
    }

    [Fact]
    public async Task Whoever_takes_the_consent_back_in_that_moment_is_not_reached()
    {
        await using var bench = await GrantBench.StartAsync();
        var client = (await bench.GivenClientAsync()).Client;
        var company = await GivenCompanyAsync(bench, await bench.GivenAccountAsync("ada@example.test"), client);
        var bob = await bench.GivenAccountAsync("bob@example.test");
        await bench.GivenSessionAsync(bob, client);
        var grant = new InterruptedGrant(
            bench.OnBehalf,
            () =>
                bench.Store.Consents.WithdrawAsync(
                    bob.Id,
                    client.Id,
                    bench.Entry(AuditEvent.ConsentWithdrawn),
                    GrantBench.Cancel
                )
        );

        Assert.Equal(
            Refusals.UserNotAvailable,
            await bench.RefusedAsync(Request(bench, company, bob.Email) with { Grant = grant })
        );
    }

    private static async Task<Session> GivenCompanyAsync(
        GrantBench bench,
        Account account,
        Client client,
        string scopes = "read"
    ) => (await bench.GivenSessionAsync(account, client, scopes, contract: Company)).Session;

    private static TokenRequest Request(GrantBench bench, Session company, string email, Scopes? scopes = null) =>
        GrantBench.Request(bench.OnBehalf, GrantInput.Of((OnBehalfGrant.User, email), scopes)) with
        {
            Bearer = new Bearer(company.Id, Company),
        };
}

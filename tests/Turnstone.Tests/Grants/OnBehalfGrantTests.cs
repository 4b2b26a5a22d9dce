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
        var company = await GivenSessionAsync(bench, ada, client, Company, GrantKind.Code);

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
        var company = await GivenSessionAsync(
            bench,
            await bench.GivenAccountAsync("ada@example.test"),
            client,
            Company,
            GrantKind.Code
        );
        var bob = await bench.GivenAccountAsync("bob@example.test");
        await GivenSessionAsync(bench, bob, client, GrantBench.Terms.Contract, grant);

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
        var user = await GivenSessionAsync(bench, ada, client, GrantBench.Terms.Contract, GrantKind.Code);

        Assert.Equal(Refusals.UnauthorizedClient, await bench.RefusedAsync(Request(bench, user, ada.Email)));
    }

    [Fact]
    public async Task The_user_gets_no_scope_that_it_did_not_say_yes_to()
    {
        await using var bench = await GrantBench.StartAsync();
        var client = (await bench.GivenClientAsync()).Client;
        var company = await GivenSessionAsync(
            bench,
            await bench.GivenAccountAsync("ada@example.test"),
            client,
            Company,
            GrantKind.Code,
            "read write"
        );
        var bob = await bench.GivenAccountAsync("bob@example.test");
        await GivenSessionAsync(bench, bob, client, GrantBench.Terms.Contract, GrantKind.Code, "read");

        Assert.Equal("read", $"{(await bench.GrantedAsync(Request(bench, company, bob.Email))).Scopes}");
        Assert.Equal(
            Refusals.InvalidScope,
            await bench.RefusedAsync(Request(bench, company, bob.Email, Scopes.Of(["admin"])))
        );
    }

    private static TokenRequest Request(GrantBench bench, Session company, string email, Scopes? scopes = null) =>
        GrantBench.Request(bench.OnBehalf, GrantInput.Of((OnBehalfGrant.User, email), scopes)) with
        {
            Bearer = new Bearer(company.Id, Company),
        };

    private static async Task<Session> GivenSessionAsync(
        GrantBench bench,
        Account account,
        Client client,
        string contract,
        string grant,
        string scopes = "read"
    )
    {
        var admission = new Admission
        {
            Grant = grant,
            Subject = $"{account.Id}",
            AccountId = account.Id,
            Client = client,
            Scopes = Scopes.Of(scopes.Split(' ')),
            Preconditions = new Preconditions(),
        };
        var session = bench.Issuer.NewSession(
            admission,
            GrantBench.Terms with
            {
                Contract = contract,
            },
            GrantBench.Caller,
            bench.Time.Now
        );
        await bench.Store.Sessions.OpenAsync(
            session,
            admission.Preconditions,
            bench.Entry(AuditEvent.Login),
            GrantBench.Cancel
        );
        return session;
    }
}

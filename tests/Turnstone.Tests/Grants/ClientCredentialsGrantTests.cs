using Turnstone.Audit;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Tests.Grants;

public sealed class ClientCredentialsGrantTests
{
    [Fact]
    public async Task A_program_gets_an_access_token_and_nothing_is_written_but_its_entry()
    {
        await using var bench = await GrantBench.StartAsync();
        var (client, presented) = await bench.GivenClientAsync();

        var issued = await bench.GrantedAsync(Request(bench) with { Client = presented });

        Assert.Null(issued.RefreshToken);
        Assert.Equal((client.Id, "read write"), (issued.Session.Subject, $"{issued.Scopes}"));
        Assert.Null(await bench.Store.Sessions.FindAsync(issued.Session.Id, GrantBench.Cancel));
        Assert.Equal("ClientCredentials", Assert.Single(await bench.AuditAsync(AuditEvent.Login)).Detail);
        Assert.Equal((1, 1), (bench.Counts.Of("ClientCredentials", "granted"), bench.Counts.Total));
        Assert.Equal(1, await bench.UsageAsync(UsageHolder.Of(issued.Session), UsageOutcome.Login));
    }

    [Fact]
    public async Task A_program_that_asks_for_less_gets_no_more()
    {
        await using var bench = await GrantBench.StartAsync();
        var (_, presented) = await bench.GivenClientAsync();

        var issued = await bench.GrantedAsync(Request(bench, Scopes.Of(["read"])) with { Client = presented });

        Assert.Equal(("read", "read"), ($"{issued.Scopes}", $"{issued.Session.Scopes}"));
    }

    [Fact]
    public async Task Each_client_has_one_session_of_its_own()
    {
        await using var bench = await GrantBench.StartAsync();
        var (_, shop) = await bench.GivenClientAsync();
        var (_, depot) = await bench.GivenClientAsync("depot");
        var first = await bench.GrantedAsync(Request(bench) with { Client = shop });

        var again = await bench.GrantedAsync(Request(bench) with { Client = shop });
        var other = await bench.GrantedAsync(Request(bench) with { Client = depot });

        Assert.Equal(first.Session.Id, again.Session.Id);
        Assert.NotEqual(first.Session.Id, other.Session.Id);
    }

    [Fact]
    public async Task A_scope_that_the_client_does_not_have_is_refused()
    {
        await using var bench = await GrantBench.StartAsync();
        var (_, presented) = await bench.GivenClientAsync();

        Assert.Equal(
            Refusals.InvalidScope,
            await bench.RefusedAsync(Request(bench, Scopes.Of(["admin"])) with { Client = presented })
        );

        Assert.Equal(1, bench.Counts.Of("ClientCredentials", "InvalidScope"));
    }

    [Fact]
    public async Task A_public_client_and_one_that_may_not_are_refused()
    {
        await using var bench = await GrantBench.StartAsync();
        var (_, app) = await bench.GivenClientAsync("app", client => client with { Public = true });
        var (_, shop) = await bench.GivenClientAsync(
            "shop",
            client => client with { GrantTypes = [RefreshGrant.TypeName] }
        );

        Assert.Equal(Refusals.UnauthorizedClient, await bench.RefusedAsync(Request(bench) with { Client = app }));
        Assert.Equal(Refusals.UnauthorizedClient, await bench.RefusedAsync(Request(bench) with { Client = shop }));

        Assert.Equal((2, 2), (bench.Counts.Of("ClientCredentials", "UnauthorizedClient"), bench.Counts.Total));
    }

    private static TokenRequest Request(GrantBench bench, Scopes? scopes = null) =>
        GrantBench.Request(bench.Programs, GrantInput.Read(bench.Programs, _ => null, scopes, null).Value!);
}

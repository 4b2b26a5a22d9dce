using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Tests.Grants;

public sealed class TokenPipelineTests
{
    [Fact]
    public async Task Who_does_not_prove_its_client_is_told_nothing_else()
    {
        await using var bench = await GrantBench.StartAsync();
        var (client, _) = await bench.GivenClientAsync();
        var request = GrantBench.Request(bench.Programs, GrantInput.Of()) with
        {
            Grant = null,
            Client = new PresentedClient(client.Id, "a guess"),
            Input = _ => throw new InvalidOperationException("The input is not for strangers."),
        };

        Assert.Equal(RefusalCode.InvalidClient, (await bench.RefusedAsync(request)).Code);

        var entry = Assert.Single(await bench.AuditAsync(AuditEvent.LoginFailed));
        Assert.Equal(("Client", null), (entry.Detail, entry.ClientId));
        Assert.Equal((1, 1), (bench.Counts.Of("Client", "InvalidClient"), bench.Counts.Total));
        Assert.Equal(1, await bench.UsageAsync(UsageHolder.Nobody, UsageOutcome.Invalid));
    }

    [Fact]
    public async Task A_malformed_request_is_no_attempt_and_leaves_no_record()
    {
        await using var bench = await GrantBench.StartAsync();
        var (_, presented) = await bench.GivenClientAsync();
        var request = GrantBench.Request(bench.Exchanges, GrantInput.Of()) with { Client = presented };

        var missing = await bench.RefusedAsync(
            request with
            {
                Input = grant => GrantInput.Read(grant, _ => null, null, null),
            }
        );
        var unknown = await bench.RefusedAsync(request with { Grant = null });

        Assert.Equal((RefusalCode.InvalidRequest, "The parameter code is missing."), (missing.Code, missing.Reason));
        Assert.Equal(RefusalCode.UnsupportedGrantType, unknown.Code);
        Assert.Equal(0, bench.Counts.Total);
    }

    [Fact]
    public async Task A_client_without_the_token_type_is_refused_before_anything_is_decoded()
    {
        await using var bench = await GrantBench.StartAsync();
        var (_, presented) = await bench.GivenClientAsync("shop", client => client with { TokenTypes = ["user"] });
        var request = GrantBench.Request(bench.Exchanges, GrantInput.Of()) with
        {
            Client = presented,
            TokenType = "company",
            Input = _ => throw new InvalidOperationException("The client may not ask."),
        };

        Assert.Equal(Refusals.UnauthorizedClient, await bench.RefusedAsync(request));
    }

    [Fact]
    public async Task An_attempt_that_meets_no_store_is_counted_as_unavailable()
    {
        await using var bench = await GrantBench.StartAsync();
        var request = GrantBench.Request(new Failing(), GrantInput.Of());

        await Assert.ThrowsAsync<StoreUnavailableException>(() => bench.AskAsync(request).AsTask());

        Assert.Equal((1, 1), (bench.Counts.Of("Failing", "Unavailable"), bench.Counts.Total));
    }

    [Fact]
    public async Task Input_shows_no_secret()
    {
        await using var bench = await GrantBench.StartAsync();

        var text = GrantInput.Of((PasswordGrant.Username, "ada"), (PasswordGrant.Password, "secret")).ToString();

        Assert.Equal("username=ada password=…", text);
    }

    private sealed class Failing : Grant
    {
        public override string Kind => "Failing";

        public override System.Collections.Immutable.ImmutableArray<GrantParameter> Parameters => [];

        public override Refusal Wrong => Refusals.InvalidCode;

        public override ValueTask<Proof> ProveAsync(Attempt attempt, CancellationToken cancellationToken) =>
            throw new StoreUnavailableException();
    }
}

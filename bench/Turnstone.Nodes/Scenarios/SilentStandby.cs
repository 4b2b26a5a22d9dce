using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// The synchronous standby is silent, then the primary dies and the standby is promoted: whatever was committed in
/// between is on no machine any more, so nothing of it may have been answered as done.
/// </summary>
internal static class SilentStandby
{
    private static readonly Contract Ours = Contract.Of("/oauth2");

    public static async Task<Findings> RunAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "failover, synchronous standby silent",
            Done =
                "the stream to the synchronous standby silent under load for 10 s, sessions revoked before and "
                + "meanwhile (RFC 7009 and the command), then the primary killed (SIGKILL) and the standby promoted "
                + "2 s later",
        };
        await using var primary = await PostgresServer.StartAsync(place.Folder);
        await using var stream = new TcpGate(primary.Port);
        await using var standby = await primary.StandbyAsync(place.Folder, stream.Port);
        await Failover.MakeSynchronousAsync(primary);
        var both =
            $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=postgres;Database=turnstone;Target "
            + "Session Attributes=primary";
        await using var deployment = await Deployment.StartAsync(place, both, 2);
        await using var load = await deployment.LoadAsync();
        await using var ended = new Load(deployment.Proxy.Address, deployment.Customers, deployment.Database);
        await ended.OpenAsync(30, deployment.Doors, [Ours]);
        List<Chain> before = [.. ended.Chains.Take(10)],
            meanwhile = [.. ended.Chains.Skip(10).Take(19)];
        var byCommand = ended.Chains[^1];
        await load.RunAsync(TimeSpan.FromSeconds(5));
        var usual = load.Answers.Rate(TimeSpan.FromSeconds(2), load.Answers.Now);
        await ForgottenRevocations.RevokeAsync(deployment.Nodes, deployment.Customers, before);

        stream.Silence();
        var silent = load.Answers.Now;
        var revoking = Task.WhenAll(meanwhile.Select((chain, i) => RevokedAsync(deployment, i, chain)));
        var command = await deployment.TryCommandAsync("revoke", "--session", SessionOf(byCommand));
        var revoked = await revoking;
        var readiness = await deployment.Nodes[0].Http.GetStringAsync(new Uri("/health/ready", UriKind.Relative));
        await Task.Delay(TimeSpan.FromSeconds(4));
        var granted = load
            .Answers.Between(silent + TimeSpan.FromSeconds(0.5), load.Answers.Now)
            .Count(answer => answer.Granted);
        await primary.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        await standby.PromoteAsync();
        var back = load.Answers.Now;
        await Task.Delay(TimeSpan.FromSeconds(10));

        await load.EndAsync(findings);
        findings.Recovers(load, "after the promotion", back, usual, TimeSpan.FromSeconds(6));
        findings.Must("no refresh was answered as done", granted == 0);
        findings.Must("no revocation was answered as done", !revoked.Any(done => done));
        findings.Must(
            "the command says that it is not known (75), and not \"Ended\"",
            command.Code == 75 && !command.Output.Contains("Ended", StringComparison.Ordinal)
        );
        findings.Must("readiness says that commits hang", readiness.Contains("\"commits\"", StringComparison.Ordinal));
        await JudgeAsync(findings, load, standby, before);
        return findings;
    }

    private static async Task JudgeAsync(Findings findings, Load load, PostgresServer standby, List<Chain> before)
    {
        var refreshed = 0;
        foreach (var chain in before)
        {
            await chain.GoesOnAsync(load.Http);
            refreshed += chain.Lost is null ? 1 : 0;
        }

        var forgotten = (await standby.RecordedAsync(AuditEvent.StoreForgot)).Count(entry =>
            entry.SessionId is not null
        );
        findings.Figure(
            $"{load.Answers.All.Count(answer => answer.Status == 503)} refreshes were answered 503; of "
                + $"{before.Count} sessions that were revoked before {refreshed} were refreshed afterwards; "
                + $"{forgotten} sessions went on by g > n"
        );
        findings.Must("nothing that was answered was lost", forgotten == 0 && refreshed == 0);
    }

    private static string SessionOf(Chain chain)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(chain.Last.Access.Split('.')[1]));
        return claims.RootElement.GetProperty("sid").GetString()!;
    }

    private static async Task<bool> RevokedAsync(Deployment deployment, int place, Chain chain)
    {
        using var request = Contract.Form("/oauth2/revoke", deployment.Customers, ("token", chain.Last.Refresh));
        using var answer = await deployment.Nodes[place % deployment.Nodes.Count].Http.SendAsync(request);
        return answer.StatusCode is HttpStatusCode.OK;
    }
}

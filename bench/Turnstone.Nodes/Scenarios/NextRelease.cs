using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// A server goes on serving every contract from a store that the next version has migrated under it: beside the next
/// one on PostgreSQL, and until it is replaced by it on SQLite.
/// </summary>
internal static class NextRelease
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(5);

    // As the changelog asks while servers of the version before run beside.
    public static readonly Dictionary<string, string> Beside = new()
    {
        ["Turnstone:ReopensForgottenSessions"] = "false",
    };

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        yield return await BesideAsync(place);
        yield return await AfterAsync(place);
    }

    private static async Task<Findings> BesideAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "next release, side by side",
            Done =
                "1 node of this version on PostgreSQL; the next version's `migrate` under load; logins, refreshes and "
                + "validations of every contract at the old node; then a node of the next version beside it",
        };
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 1, spare: 1);
        var (old, next) = (deployment.Nodes[0], deployment.Nodes[1]);
        var before = await postgres.NumberAsync("SELECT max(version) FROM schema_versions");
        await using var early = await deployment.LoadAsync(contracts: Contract.WithoutCodes);
        await early.RunAsync(Time);
        await deployment.MigrateAsync(place.Next);
        var after = await postgres.NumberAsync("SELECT max(version) FROM schema_versions");
        findings.Figure($"the store went from version {before} to {after}");
        findings.Must("the store was migrated", after > before);

        await using var load = await deployment.LoadAsync();
        await load.RunAsync(Time);
        findings.Must("the old node takes each access token", await AllGoodAsync(load, old));
        deployment.Start(next, other: place.Next, own: Beside);
        await next.ReadyAsync();
        await deployment.Proxy.UpAsync(2);
        await load.OpenAsync(1, [old.Http.BaseAddress!, next.Http.BaseAddress!], Contract.WithoutCodes);
        await Load.GoOnAsync(Time);

        await early.EndAsync(findings);
        findings.NothingRefused(early);
        await load.EndAsync(findings);
        findings.NothingRefused(load);
        findings.Must("the old node takes each access token of both", await AllGoodAsync(load, old));
        findings.Must("the next node takes each access token of both", await AllGoodAsync(load, next));
        return findings;
    }

    private static async Task<Findings> AfterAsync(Place place)
    {
        var findings = new Findings
        {
            Scenario = "next release, one after the other",
            Done =
                "1 node of this version on SQLite; the next version's `migrate` under load; logins, refreshes and "
                + "validations of every contract at the old node; then it is replaced by one of the next version",
        };
        var folder = System.IO.Directory.CreateDirectory(Path.Combine(place.Folder, "next-release"));
        await using var deployment = await Deployment.StartAsync(
            place,
            $"Data Source={Path.Combine(folder.FullName, "turnstone.db")}",
            1
        );
        var node = deployment.Nodes[0];
        await using var early = await deployment.LoadAsync(contracts: Contract.WithoutCodes);
        await early.RunAsync(Time);
        var said = await deployment.MigrateAsync(place.Next);
        findings.Figure(said.Trim());
        findings.Must("the store was migrated", said.Contains("Applied", StringComparison.Ordinal));

        await using var load = await deployment.LoadAsync();
        await load.RunAsync(Time);
        await early.EndAsync(findings);
        findings.NothingRefused(early);
        await load.EndAsync(findings);
        findings.NothingRefused(load);
        findings.Must("the old node takes each access token", await AllGoodAsync(load, node));

        await deployment.RestartAsync(node, other: place.Next);
        await using var replaced = await deployment.LoadAsync();
        replaced.TakeOver(load.Chains);
        await replaced.RunAsync(Time);
        await replaced.EndAsync(findings);
        findings.NothingRefused(replaced);
        findings.Must("the next node takes each access token of both", await AllGoodAsync(replaced, node));
        return findings;
    }

    private static async Task<bool> AllGoodAsync(Load load, Node node)
    {
        var good = true;
        foreach (var chain in load.Chains)
        {
            good &= await Validation.IsGoodAsync(node.Http, chain.Last.Access);
        }

        return good;
    }
}

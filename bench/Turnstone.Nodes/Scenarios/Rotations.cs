using System.Text.Json;
using Turnstone.Model;
using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;
using Turnstone.Tokens.Keys;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// Keys are changed under load, and no request is refused: the signing keys by command, the master key by rolling
/// restarts.
/// </summary>
internal static class Rotations
{
    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        await using var postgres = await PostgresServer.StartAsync(place.Folder);
        yield return await SigningAsync(place, postgres);
        await using var fresh = await PostgresServer.StartAsync(place.Folder);
        yield return await MasterAsync(place, fresh);
    }

    private static async Task<Findings> SigningAsync(Place place, PostgresServer postgres)
    {
        var findings = new Findings
        {
            Scenario = "signing keys rotated",
            Done =
                "keys rotate (publishes the successors), 3 s later keys retire for both keys that sign (the "
                + "successors sign at once), 5 s more, under load on 2 nodes",
        };
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 2);
        await using var load = await deployment.LoadAsync();
        await load.RunAsync(TimeSpan.FromSeconds(3));
        await deployment.CommandAsync("keys", "rotate");
        var published = await Task.WhenAll(
            deployment.Nodes.Select(node =>
                Until.HoldsAsync(
                    async () => await PublishedAsync(node) == 4,
                    TimeSpan.FromSeconds(10),
                    "the successors are published"
                )
            )
        );
        findings.Figure($"both nodes publish 4 keys {published.Max().TotalSeconds:0.00} s after the command");
        await Task.Delay(TimeSpan.FromSeconds(3));
        var old = await KeysAsync(deployment, "signs");
        foreach (var kid in old)
        {
            await deployment.CommandAsync("keys", "retire", kid);
        }

        var retired = load.Answers.Now;
        await Task.Delay(TimeSpan.FromSeconds(5));
        var now = await KeysAsync(deployment, "signs");
        var used = load.Chains.Select(chain => Kid(chain.Last.Access)).Distinct().ToList();
        await load.EndAsync(findings);
        findings.NothingRefused(load);
        findings.Must(
            "5 s later every token is signed by a successor",
            used.All(kid => now.Contains(kid) && !old.Contains(kid))
        );
        findings.Must(
            "refreshes went on after it",
            load.Answers.Between(retired, TimeSpan.MaxValue).Any(answer => answer.Granted)
        );
        return findings;
    }

    private static async Task<Findings> MasterAsync(Place place, PostgresServer postgres)
    {
        var findings = new Findings
        {
            Scenario = "master key changed",
            Done =
                "under load on 3 nodes, restarted in turn three times: with the new key behind the old one, "
                + "in front of it, and without the old one (then with the chains of /auth/v1 and /v3 alone: "
                + "the secrets of the others were hashed under it)",
        };
        await using var deployment = await Deployment.StartAsync(place, postgres.ConnectionString, 3);
        await using var load = await deployment.LoadAsync();
        await load.RunAsync(TimeSpan.FromSeconds(2));
        var (old, next) = (deployment.Customers.MasterKey, Deployment.NewMasterKey());
        await InTurnAsync(
            deployment,
            new() { ["Turnstone:MasterKey"] = old, ["Turnstone:PreviousMasterKeys:0"] = next }
        );
        await InTurnAsync(
            deployment,
            new() { ["Turnstone:MasterKey"] = next, ["Turnstone:PreviousMasterKeys:0"] = old }
        );
        var sealedOld = await postgres.NumberAsync(
            "SELECT count(DISTINCT substring(sealed FROM 1 FOR 1)) FROM signing_keys"
        );
        await Task.Delay(TimeSpan.FromSeconds(2));
        await load.EndAsync(findings);
        findings.NothingRefused(load);
        findings.Must("every signing key is sealed under one key", sealedOld == 1);
        await WithoutOldAsync(deployment, load, next, findings);
        return findings;
    }

    /// <summary>
    /// The chains of /auth/v1 and /v3 need nothing but their tokens, which are all of the new key by now; the secrets
    /// of the others were hashed under the old one.
    /// </summary>
    private static async Task WithoutOldAsync(Deployment deployment, Load before, string next, Findings findings)
    {
        await using var load = new Load(deployment.Proxy.Address, deployment.Customers, deployment.Database);
        load.TakeOver(before.Chains.Where(chain => chain.Contract.Name is "/auth/v1" or "/v3"));
        await load.RunAsync(TimeSpan.FromSeconds(2));
        await InTurnAsync(deployment, new() { ["Turnstone:MasterKey"] = next, ["Turnstone:Provision"] = "" });
        await Task.Delay(TimeSpan.FromSeconds(2));
        await load.EndAsync();
        findings.Figure(
            $"without the old key: {load.Answers.All.Count(answer => answer.Granted)} refreshes "
                + $"granted, {load.Answers.All.Count(answer => !answer.Granted)} refused"
        );
        findings.Must(
            "nothing that was made under the new key needs the old one",
            load.Lost.Count == 0 && load.Answers.All.All(answer => answer.Granted)
        );
    }

    private static async Task InTurnAsync(Deployment deployment, Dictionary<string, string> own)
    {
        foreach (var node in deployment.Nodes)
        {
            await deployment.RestartAsync(node, own: own);
        }
    }

    private static async Task<int> PublishedAsync(Node node)
    {
        using var document = JsonDocument.Parse(
            await node.Http.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative))
        );
        return document.RootElement.GetProperty("keys").GetArrayLength();
    }

    private static async Task<List<string>> KeysAsync(Deployment deployment, string state)
    {
        using var document = JsonDocument.Parse(await deployment.CommandAsync("keys", "list", "--json"));
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Where(key => key.GetProperty("state").GetString() == state)
                .Select(key => key.GetProperty("kid").GetString()!),
        ];
    }

    private static string Kid(string token)
    {
        Base64UrlText.TryDecode(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal)), out var header);
        using var document = JsonDocument.Parse(header);
        return document.RootElement.GetProperty("kid").GetString()!;
    }
}

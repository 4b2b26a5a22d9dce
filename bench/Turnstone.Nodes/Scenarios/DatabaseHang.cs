using Turnstone.Nodes.Clients;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Nodes.Scenarios;

/// <summary>
/// The database hangs for 20 s under load without a connection being closed: its processes are held, or the network to
/// it is silent.
/// </summary>
internal static class DatabaseHang
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(20);

    public static async IAsyncEnumerable<Findings> RunAsync(Place place)
    {
        await using var held = await PostgresServer.StartAsync(place.Folder);
        yield return await RunAsync(
            place,
            held.ConnectionString,
            "PostgreSQL hangs",
            "every process of PostgreSQL, the postmaster too, held (SIGSTOP) for 20 s under load with logins among it",
            async () =>
            {
                int[] all = [held.Postmaster, .. held.Children];
                await Programs.SignalAsync("STOP", all);
                return () => Programs.SignalAsync("CONT", all);
            }
        );
        await using var behind = await PostgresServer.StartAsync(place.Folder);
        await using var gate = new TcpGate(behind.Port);
        yield return await RunAsync(
            place,
            $"Host=127.0.0.1;Port={gate.Port};Username=postgres;Database=turnstone",
            "network to PostgreSQL silent",
            "every connection to PostgreSQL silent for 20 s, none closed, new ones not answered",
            () =>
            {
                gate.Silence();
                return Task.FromResult<Func<Task>>(() =>
                {
                    gate.Mend();
                    return Task.CompletedTask;
                });
            }
        );
    }

    private static async Task<Findings> RunAsync(
        Place place,
        string database,
        string name,
        string done,
        Func<Task<Func<Task>>> hang
    )
    {
        var findings = new Findings { Scenario = name, Done = done };
        await using var deployment = await Deployment.StartAsync(place, database, 2);
        await using var load = await deployment.LoadAsync();

        // Straight to a node: what the product itself does about a hanging database, without the proxy taking the node
        // out. A login needs the database; a program's token does once its client is no longer remembered.
        var (logins, programs) = (new Answers(), new Answers());
        using var stop = new CancellationTokenSource();
        using var straight = Load.ClientOf(deployment.Nodes[0].Http.BaseAddress!);
        var asking = Enumerable
            .Range(0, 40)
            .Select(i =>
                AskAsync(straight, deployment.Customers, i % 2 == 0, i % 2 == 0 ? logins : programs, stop.Token)
            )
            .ToList();
        await load.RunAsync(TimeSpan.FromSeconds(5));
        var usual = load.Answers.Rate(TimeSpan.FromSeconds(2), load.Answers.Now);
        var memory = deployment.Nodes.Sum(node => Programs.ResidentBytes(node.Id));
        var release = await hang();
        var (atLogins, atPrograms) = (logins.Now, programs.Now);
        await Task.Delay(Hang);
        var grown = deployment.Nodes.Sum(node => Programs.ResidentBytes(node.Id)) - memory;
        await release();
        var back = load.Answers.Now;
        await Task.Delay(TimeSpan.FromSeconds(10));
        findings.Recovers(load, "after the hang", back, usual, TimeSpan.FromSeconds(8));
        await stop.CancelAsync();
        await Task.WhenAll(asking);
        Meanwhile(findings, "logins", logins, atLogins, [503]);
        Meanwhile(findings, "programs' tokens", programs, atPrograms, [200, 503]);
        findings.Figure($"both nodes grew by {grown / 1048576.0:0} MB");
        findings.Must("memory of both nodes grows by less than 200 MB", grown < 200 * 1048576L);
        await load.EndAsync(findings);
        return findings;
    }

    private static void Meanwhile(Findings findings, string what, Answers answers, TimeSpan began, int[] expected)
    {
        var during = answers.Between(began + TimeSpan.FromSeconds(1), began + Hang);
        var statuses = string.Join(
            ", ",
            during
                .GroupBy(answer => answer.Status)
                .OrderBy(group => group.Key)
                .Select(group => $"{group.Count()} × {group.Key}")
        );

        // Those too that were asked during the hang and answered only after it.
        var waits = answers
            .Between(began, TimeSpan.MaxValue)
            .Where(answer => answer.Ended - answer.Took < began + Hang)
            .Select(answer => answer.Took)
            .ToList();
        var longest = waits.DefaultIfEmpty().Max();
        findings.Figure(
            $"{what} straight at a node, meanwhile: {statuses}, "
                + $"after {Answers.Quantile(waits, 0.5).TotalSeconds:0.0} s (p50), {longest.TotalSeconds:0.0} s "
                + "(longest)"
        );
        findings.Must(
            $"{what} straight at a node: answered within 8 s, during the hang by {string.Join(" or ", expected)} alone",
            during.Count > 0
                && longest < TimeSpan.FromSeconds(8)
                && during.All(answer => expected.Contains(answer.Status))
        );
    }

    /// <summary>Logins by API key and by client secret, again and again.</summary>
    private static async Task AskAsync(
        HttpClient http,
        Customers known,
        bool login,
        Answers answers,
        CancellationToken stop
    )
    {
        while (!stop.IsCancellationRequested)
        {
            using var request = login
                ? Contract.Of("/v3").Login(known, "")
                : Contract.Form("/oauth2/token", known, ("grant_type", "client_credentials"));
            var began = answers.Now;
            try
            {
                using var answer = await http.SendAsync(request, CancellationToken.None);
                answers.Add(began, (int)answer.StatusCode, sound: true);
            }
            catch (Exception reason) when (reason is HttpRequestException or OperationCanceledException)
            {
                answers.Add(began, Answer.NoConnection, sound: false);
            }

            await Task.Delay(200, CancellationToken.None);
        }
    }
}

using System.Text.Json.Nodes;
using Turnstone.Chaos.Clients;
using Turnstone.Chaos.Faults;
using Turnstone.Chaos.Proxy;

namespace Turnstone.Chaos.Proof;

/// <summary>All processes of one client, with a fault proxy of their own before the servers.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly ClientProgram program;
    private readonly SwitchedFaults faults;
    private readonly FaultProxy proxy;
    private readonly Worker[] workers;
    private readonly string folder;
    private readonly List<string> died = [];

    private Fleet(ClientProgram program, ProofPlan plan, Servers servers, string folder)
    {
        (this.program, this.folder) = (program, folder);
        faults = new SwitchedFaults(new SeededFaults(plan.Seed, plan.FaultPercent));
        proxy = new FaultProxy([servers.Address], faults);
        workers = new Worker[plan.Processes];
    }

    public string Name => program.Name;

    public IReadOnlyList<Account> Accounts { get; private set; } = [];

    /// <summary>Processes that were ended by SIGKILL.</summary>
    public int Kills => workers.Sum(worker => worker.Kills);

    /// <summary>Answers that killed processes left half written.</summary>
    public int Torn => workers.Sum(worker => worker.Torn);

    /// <summary>What processes said that ended and were not killed.</summary>
    public IReadOnlyList<string> Died => [.. workers.SelectMany(worker => worker.Died), .. died];

    /// <summary>Answers that told a caller to try later.</summary>
    public int Later => workers.Sum(worker => worker.Later);

    /// <summary>Requests that met a fault.</summary>
    public int Faults => proxy.Exchanges.Count(one => one.Fault.Kind is not FaultKind.None);

    public int Processes => workers.Length;

    public int Requests => proxy.Exchanges.Count;

    /// <summary>Sign-ins that were sent after the first of each session.</summary>
    public int SignInsBeyondTheFirst =>
        Math.Max(0, proxy.Exchanges.Count(one => one.Kind is RequestKind.SignIn) - Accounts.Count);

    /// <summary>Refreshes that the server took for a stolen copy.</summary>
    public int Alarms => proxy.Exchanges.Count(one => one.Code is "token_reused");

    /// <summary>Refreshes that were granted; one that was granted again counts once, where a key tells.</summary>
    public int Refreshes =>
        proxy
            .Exchanges.Where(one => one is { Kind: RequestKind.Refresh, Status: 200 or 201 })
            .Select(one => one.Key ?? $"{one.Number}")
            .Distinct()
            .Count();

    /// <summary>What passed of each session that had an alarm, from shortly before it.</summary>
    public IReadOnlyList<string> Stories => Story.OfAlarms([.. proxy.Exchanges]);

    public int Lost => Accounts.Count(account => account.Ends > 0);

    /// <summary>Opens every session, with nothing in the way, and starts the processes.</summary>
    public static async Task<Fleet> StartAsync(
        ClientProgram program,
        ProofPlan plan,
        Servers servers,
        string folder,
        params IReadOnlyList<string> contracts
    )
    {
        var fleet = new Fleet(program, plan, servers, Path.Combine(folder, program.Name));
        List<Account> accounts = [];
        for (var i = 0; i < plan.Sessions; i++)
        {
            var contract = contracts[i % contracts.Count];
            var credentials = await servers.Credentials(contract);
            var account = new Account(contract, Path.Combine(fleet.folder, $"{i}"), credentials);
            await fleet.AskOnceAsync(account, "token");
            accounts.Add(account);
        }

        fleet.Accounts = accounts;
        for (var i = 0; i < fleet.workers.Length; i++)
        {
            var account = accounts[i % accounts.Count];
            fleet.workers[i] = new Worker(program, fleet.SettingsOf(account), account);
        }

        return fleet;
    }

    /// <summary>Refreshes, with faults, until so many were granted.</summary>
    public async Task RunAsync(int refreshes, CancellationToken cancellationToken)
    {
        faults.On = true;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = workers.Select(worker => worker.RunAsync(enough.Token)).ToList();
        while (
            Refreshes < refreshes
            && !cancellationToken.IsCancellationRequested
            && !running.Exists(worker => worker.IsCompleted)
        )
        {
            await Task.Delay(200, CancellationToken.None);
        }

        await enough.CancelAsync();
        await Task.WhenAll(running);
        faults.On = false;
    }

    public void KillOne(ulong chance) => workers[chance % (ulong)workers.Length].Kill();

    /// <summary>Refreshes every session once more: one that goes on is not lost.</summary>
    public async Task GoOnAsync()
    {
        foreach (var account in Accounts)
        {
            await AskOnceAsync(account, "refresh");
        }
    }

    /// <summary>One command in a process of its own; an end is noted at the account.</summary>
    public async Task<JsonObject> AskOnceAsync(Account account, string command)
    {
        using var process = await ClientProcess.StartAsync(program, SettingsOf(account));
        await process.TellAsync(new JsonObject { ["do"] = command }, CancellationToken.None);
        try
        {
            var answer = await process.AnswerAsync().WaitAsync(Worker.LongestAnswer);
            if (answer["error"] is not null)
            {
                account.End(answer.ToJsonString());
            }

            return answer;
        }
        catch (Exception reason) when (reason is ProcessEndedException or TimeoutException)
        {
            died.Add(reason.Message);
            account.End(reason.Message);
            return new() { ["error"] = "Died" };
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers)
        {
            worker?.Dispose();
        }

        await proxy.DisposeAsync();
    }

    private ClientSettings SettingsOf(Account account) =>
        new(proxy.Address, account.Contract, account.Credentials, account.Folder)
        {
            TimeoutSeconds = 10,
            PatienceSeconds = 60,
        };
}

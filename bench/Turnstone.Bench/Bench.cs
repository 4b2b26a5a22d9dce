using System.Text;
using Turnstone.Bench.Load;
using Turnstone.Bench.Meters;
using Turnstone.Bench.Report;
using Turnstone.Bench.Subjects;
using Turnstone.Bench.Work;
using Turnstone.Directory;
using Turnstone.Grants;

namespace Turnstone.Bench;

/// <summary>
/// The run: every server is started and warmed first, then each line is measured in turn, all of them once a round. The
/// floor is measured again before each subject's lines, and a ratio is to the floor just before it, so that what the
/// machine does meanwhile meets both.
/// </summary>
internal sealed class Bench(Arguments arguments) : IAsyncDisposable
{
    private readonly string folder = NewFolder();
    private readonly List<IAsyncDisposable> started = [];
    private readonly List<List<Case>> groups = [];
    private DotnetServer floor = null!;
    private Postgres postgres = null!;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        await using var bench = new Bench(arguments);
        await bench.StartAsync();
        var lines = await bench.MeasureAsync();
        var report = new Table(lines, arguments);
        if (arguments.Out is { } path)
        {
            await File.WriteAllTextAsync(path, report.Markdown());
        }

        if (arguments.Chart is { } chart)
        {
            await File.WriteAllTextAsync(chart, Chart.Of(report));
        }

        Console.WriteLine(report.Verdicts());
        return lines.Sum(line => line.Result.Failed) == 0 ? 0 : 1;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(started))
        {
            await one.DisposeAsync();
        }

        System.IO.Directory.Delete(folder, recursive: true);
    }

    private static string NewFolder()
    {
        var made = System.IO.Directory.CreateTempSubdirectory("turnstone-bench.").FullName;

        // PostgreSQL runs as another user and has its cluster below.
        File.SetUnixFileMode(
            made,
            UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherExecute
        );
        return made;
    }

    private async Task StartAsync()
    {
        floor = Keep(
            await DotnetServer.StartAsync(
                folder,
                "floor",
                Path.Combine(AppContext.BaseDirectory, "turnstone-bench"),
                port => ["floor", $"{port}"],
                new Dictionary<string, string>(),
                "/"
            )
        );
        postgres = Keep(await Postgres.StartAsync(folder));
        await AddAsync(
            "SQLite",
            () => TurnstoneServers.StartAsync(folder, "sqlite", $"Data Source={folder}/turnstone.db"),
            isPostgres: false
        );
        await AddAsync(
            "PostgreSQL",
            async () =>
                await TurnstoneServers.StartAsync(folder, "postgres-one", await postgres.NewDatabaseAsync("one"))
        );
        await AddAsync(
            "PostgreSQL, 2 nodes",
            async () =>
                await TurnstoneServers.StartAsync(
                    folder,
                    "postgres-two",
                    await postgres.NewDatabaseAsync("two"),
                    nodes: 2
                )
        );
        await AddRs256Async("SQLite", () => Task.FromResult($"Data Source={folder}/rs256.db"), isPostgres: false);
        await AddRs256Async("PostgreSQL", () => postgres.NewDatabaseAsync("rs256"));
        if (!arguments.Short)
        {
            await AddPeerAsync("oidc-provider", null, 1);
            await AddPeerAsync("oidc-provider", postgres, 1);
            await AddPeerAsync("oidc-provider", postgres, 2);
            await AddPeerAsync("glewlwyd", null, 1);
            await AddPeerAsync("openiddict", postgres, 1);
        }
    }

    private T Keep<T>(T one)
        where T : IAsyncDisposable
    {
        started.Add(one);
        return one;
    }

    // What the contract's document says, and what comes when nothing is set.
    private async Task AddRs256Async(string subject, Func<Task<string>> newStore, bool isPostgres = true)
    {
        if (arguments.Wants($"{Cases.RefreshV2Rs256} · {subject}"))
        {
            var settings = new Dictionary<string, string>
            {
                ["Turnstone__Contracts__AuthV2__SigningAlgorithm"] = "RS256",
            };
            var servers = Keep(
                await TurnstoneServers.StartAsync(
                    folder,
                    $"rs256-{(isPostgres ? "postgres" : "sqlite")}",
                    await newStore(),
                    settings: settings
                )
            );
            var refresh = await Cases.RefreshV2Async(servers, arguments.Connections);
            groups.Add([
                refresh with
                {
                    Work = Cases.RefreshV2Rs256,
                    Subject = subject,
                    Postgres = isPostgres,
                    Processes = isPostgres ? [.. refresh.Processes, postgres.Id] : refresh.Processes,
                },
            ]);
        }
    }

    private async Task AddAsync(string subject, Func<Task<TurnstoneServers>> start, bool isPostgres = true)
    {
        if (!Cases.Works.Any(work => arguments.Wants($"{work} · {subject}")))
        {
            return;
        }

        var servers = Keep(await start());
        var n = arguments.Connections;
        byte[][] tokens = [.. (await servers.SignAsync(arguments.Tokens)).Select(Encoding.ASCII.GetBytes)];
        await servers.ImportApiKeysAsync(arguments.Short ? 512 : Customers.ApiKeys);
        Case[] cases =
        [
            await Cases.RefreshV2Async(servers, n),
            await Cases.RefreshV3Async(servers, n),
            await Cases.RefreshOAuthV1Async(servers, n),
            Cases.ApiKeyLogin(servers, n, arguments.Short ? 512 : Customers.ApiKeys),
            Cases.ClientCredentials(servers, n),
            Cases.Validate(servers, n, Cases.SeenBefore, tokens[..1]),
            Cases.Validate(servers, n, Cases.ManyTokens, tokens),
            Cases.Guard(servers, n, Cases.GuardToken, "Authorization: Bearer ", tokens[..1]),
            Cases.Guard(servers, n, Cases.GuardKey, "X-API-Key: ", [Encoding.ASCII.GetBytes(Customers.ApiKey(0))]),
            Cases.Introspect(servers, n, tokens[..1]),
            Cases.ExchangeToken(servers, n, tokens[..1]),
            OAuth2Cases.WithAssertions(servers, n),
            await OAuth2Cases.RefreshAsync(servers, n),
            await OAuth2Cases.BoundRefreshAsync(servers, n),
            OAuth2Cases.ExchangeCodes(servers, n),
            Cases.PasswordLogin(servers, Math.Min(n, 16)),
        ];
        groups.Add([
            .. cases
                .Select(c =>
                    c with
                    {
                        Subject = subject,
                        Postgres = isPostgres,
                        Processes = isPostgres ? [.. c.Processes, postgres.Id] : c.Processes,
                    }
                )
                .Where(c => arguments.Wants(c.Name)),
        ]);
    }

    private async Task AddPeerAsync(string name, Postgres? store, int workers)
    {
        if (!arguments.Wants(name))
        {
            return;
        }

        if (await Peer.TryStartAsync(folder, name, arguments.Connections, store, workers) is { } peer)
        {
            groups.Add([.. Keep(peer).Cases(arguments.Connections)]);
        }
        else
        {
            Console.WriteLine($"{name} could not be started and is left out: bench/peers/install fetches it.");
        }
    }

    private async Task<List<Line>> MeasureAsync()
    {
        Case[] floors =
        [
            Cases.OfFloor(floor, arguments.Connections, Cases.Floor),
            Cases.OfFloor(floor, arguments.Connections, Cases.Unsigned),
            Cases.OfFloor(floor, arguments.Connections, Cases.FloorRs256),
        ];
        var measured = groups.ConvertAll(group =>
            floors
                .Where(f => f.Work is not Cases.FloorRs256 || group.Exists(c => Cases.FloorOf(c.Work) == f.Work))
                .Concat(group)
        );

        // The compiler goes on improving a server's code for some seconds after it is first used.
        foreach (var c in measured.SelectMany(group => group).DistinctBy(c => c.Name))
        {
            await RunAsync(c, arguments.Warm);
        }

        var lines = new List<Line>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            foreach (var c in measured.SelectMany(group => group))
            {
                var against = lines.LastOrDefault(line => line.Case.Work == Cases.FloorOf(c.Work));
                lines.Add(await MeasureAsync(c, against));
                Console.WriteLine(lines[^1]);
            }
        }

        return lines;
    }

    private static async Task RunAsync(Case c, TimeSpan length)
    {
        if (length == TimeSpan.Zero)
        {
            return;
        }

        await c.Prepare(length);
        await Round.RunAsync(c.Callers, length);
    }

    private async Task<Line> MeasureAsync(Case c, Line? floorBefore)
    {
        await RunAsync(c, arguments.Warm / 6);
        await c.Prepare(arguments.Length);
        var (before, walBefore) = (Usage.Of(c.Processes, c.Probes), c.Postgres ? await postgres.WalBytesAsync() : 0);
        var result = await Round.RunAsync(c.Callers, arguments.Length);
        var used = Usage.Of(c.Processes, c.Probes) - before;
        return new Line(
            c,
            result,
            used,
            c.Postgres ? await postgres.WalBytesAsync() - walBefore : null,
            result.PerSecond / (floorBefore?.Result ?? result).PerSecond
        );
    }
}

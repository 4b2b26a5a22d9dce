using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Bench.Load;
using Turnstone.Bench.Work;

namespace Turnstone.Bench.Subjects;

/// <summary>Another token server, started by its own script, which says in one line of JSON how it is asked.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly ChildProcess process;
    private readonly JsonNode facts;
    private readonly IPEndPoint address;
    private readonly int? postgres;

    private Peer(ChildProcess process, JsonNode facts, int port, int? postgres, string name) =>
        (this.process, this.facts, address, this.postgres, Name) = (
            process,
            facts,
            new IPEndPoint(IPAddress.Loopback, port),
            postgres,
            name
        );

    public string Name { get; }

    /// <summary>Null when what it needs is not installed.</summary>
    public static async Task<Peer?> TryStartAsync(
        string folder,
        string name,
        int chains,
        Postgres? postgres = null,
        int workers = 1
    )
    {
        var started = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var port = ChildProcess.FreePort();
        string[] store = postgres is null
            ? ["--memory"]
            :
            [
                "--postgres",
                $"host=127.0.0.1 port={postgres.Port} user=postgres "
                    + $"dbname={await DatabaseAsync(postgres, name, workers)}",
            ];
        var label =
            $"{name}, {(postgres is null ? "in memory" : "PostgreSQL")}{(workers > 1 ? $", {workers} workers" : "")}";
        var process = ChildProcess.Start(
            Path.Combine(folder, $"{name}-{port}.log"),
            Path.Combine(Layout.Root, "bench", "peers", name, "start"),
            ["--port", $"{port}", "--workers", $"{workers}", .. store, "--chains", $"{chains}"],
            heard: line => started.TrySetResult(line.StartsWith('{') ? JsonNode.Parse(line) : null)
        );
        await Task.WhenAny(started.Task, Task.Delay(TimeSpan.FromSeconds(60)));
        if (started.Task is { IsCompletedSuccessfully: true, Result: { } facts })
        {
            return new Peer(process, facts, port, postgres?.Id, label);
        }

        await process.DisposeAsync();
        return null;
    }

    public IEnumerable<Case> Cases(int connections)
    {
        var refresh = facts["refresh"]!;
        var tokens = refresh["tokens"]!.AsArray().Select(token => (string)token!).ToList();
        var form = Form(refresh);
        var next = $"\"{refresh["next"]}\":\"";
        yield return Of(
            "refresh, rotating",
            tokens.Count,
            i => new RefreshChain(form, tokens[i], 200, "\"access_token\":\"", next)
        );
        yield return Of(
            "client credentials",
            connections,
            _ => new Repeating(
                Form(facts["client_credentials"]!),
                [
                    [],
                ],
                0,
                200,
                "access_token"
            )
        );
        byte[][] access =
        [
            .. facts["access_tokens"]!.AsArray().Select(token => Encoding.ASCII.GetBytes((string)token!)),
        ];
        if (facts["introspect"] is { } introspect && access.Length > 0)
        {
            yield return Of("introspection", connections, i => new Repeating(Form(introspect), access, i, 200, "true"));
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async Task<string> DatabaseAsync(Postgres postgres, string name, int workers)
    {
        var database = $"{name.Replace('-', '_')}_{workers}";
        await postgres.NewDatabaseAsync(database);
        return database;
    }

    private static Request Form(JsonNode call) =>
        Request.Form(
            (string)call["path"]!,
            ((string)call["form"]!).Replace("{access}", Request.Place, StringComparison.Ordinal),
            call["headers"]
                ?.AsObject()
                .Where(header => !header.Key.Equals("content-type", StringComparison.OrdinalIgnoreCase))
                .Select(header => $"{header.Key}: {header.Value}")
                ?? []
        );

    private Case Of(string work, int connections, Func<int, ICaller> caller) =>
        new(work, Name, Work.Cases.Connected([address], connections, caller))
        {
            Processes = [process.Id, .. postgres is { } id ? new[] { id } : []],
            Postgres = postgres is not null,
        };
}

using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Micro;

/// <summary>
/// Refreshes of as many sessions at once, each durable when it is answered: the cost of a whole round, which the store
/// commits in as few transactions as its loop makes of it (the first to come may go alone).
/// </summary>
public class StoreCases
{
    private CoreFixture workshop = null!;
    private Session[] sessions = [];
    private Task<RotationDecision>[] round = [];
    private uint generation;

    public static IEnumerable<string> Engines => CoreFixture.OnPostgres is null ? ["SQLite"] : ["SQLite", "PostgreSQL"];

    [ParamsSource(nameof(Engines))]
    public string Engine { get; set; } = "SQLite";

    [Params(1, 16, 256)]
    public int Refreshes { get; set; }

    // Not as tasks: BenchmarkDotNet does not wait for those when it works in this process.
    [GlobalSetup]
    public void SetUp() => SetUpAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void CleanUp() => workshop.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public async Task RotateAsync()
    {
        for (var i = 0; i < round.Length; i++)
        {
            round[i] = workshop.Store.Sessions.RotateAsync(
                Rows.Attempt(sessions[i], generation),
                _ => throw new UnreachableException(),
                CancellationToken.None
            );
        }

        generation++;
        foreach (var rotation in round)
        {
            if ((await rotation).Kind is not RotationKind.Advance)
            {
                throw new InvalidOperationException("A refresh did not advance.");
            }
        }
    }

    private async Task SetUpAsync()
    {
        workshop = await CoreFixture.OpenAsync(Engine == "SQLite" ? null : CoreFixture.OnPostgres);
        var now = TimeProvider.System.GetUtcNow();
        sessions = [.. Enumerable.Range(0, Refreshes).Select(_ => Rows.New(now))];
        round = new Task<RotationDecision>[Refreshes];
        generation = 0;
        await Task.WhenAll(
            sessions.Select(session =>
                workshop.Store.Sessions.OpenAsync(session, new Preconditions(), Entry(now), CancellationToken.None)
            )
        );
    }

    private static AuditEntry Entry(DateTimeOffset now) =>
        new()
        {
            Event = AuditEvent.Login,
            At = now,
            Caller = new Caller("192.0.2.7", "curl/8.5"),
        };
}

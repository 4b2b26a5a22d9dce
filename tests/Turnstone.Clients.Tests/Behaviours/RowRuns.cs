using System.Collections.Concurrent;
using Turnstone.Chaos.Clients;

namespace Turnstone.Clients.Tests.Behaviours;

/// <summary>
/// Runs the rows, some at once: most of them wait for an answer or a moment and leave the cores idle. Each test waits
/// for its own.
/// </summary>
public sealed class RowRuns(RealServer server) : IDisposable
{
    private const int AtOnce = 6;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim places = new(AtOnce);
    private readonly ConcurrentDictionary<(ClientProgram Client, Row Row), Task> runs = new();

    internal static IReadOnlyList<ClientProgram> Clients { get; } =
        ClientProgram.Ours(Repository.Root, Path.Combine(AppContext.BaseDirectory, "Turnstone.Client.Driver"));

    internal Task RunAsync(ClientProgram client, Row row)
    {
        foreach (var (each, other) in Wanted)
        {
            runs.GetOrAdd((each, other), key => RunOneAsync(key.Client, key.Row));
        }

        return runs.GetOrAdd((client, row), key => RunOneAsync(key.Client, key.Row));
    }

    public void Dispose() => places.Dispose();

    /// <summary>TURNSTONE_BEHAVIOUR=… runs the rows whose names contain it.</summary>
    internal static IEnumerable<(ClientProgram Client, Row Row)> Wanted { get; } =
        [
            .. from row in Row.All
            from client in Clients
            where $"{client.Name}: {row.Name}".Contains(
                Environment.GetEnvironmentVariable("TURNSTONE_BEHAVIOUR") ?? "",
                StringComparison.Ordinal
            )
            select (client, row),
        ];

    private async Task RunOneAsync(ClientProgram client, Row row)
    {
        await places.WaitAsync();
        try
        {
            using var patience = new CancellationTokenSource(Longest);
            await RowRun.RunAsync(server, client, row, patience.Token);
        }
        finally
        {
            places.Release();
        }
    }
}

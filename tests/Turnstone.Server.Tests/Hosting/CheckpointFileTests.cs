using Microsoft.Extensions.DependencyInjection;
using Turnstone.Audit;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Hosting;

/// <summary>A server publishes what it has signed of the audit log in the file that the settings name.</summary>
public sealed class CheckpointFileTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_signed_is_added_once_and_can_be_proven_by_the_key()
    {
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [$"Turnstone:Audit:Checkpoints={Published}"],
            services => services.QuickenUpkeep()
        );
        await PublishedAsync(server, logins: 1);
        await PublishedAsync(server, logins: 2);

        var lines = Lines();
        Assert.Equal(lines.Distinct(), lines);
        var key = Assert.Single(await server.Services.GetRequiredService<AuditSeal>().KeysAsync(Cancel));
        Assert.All(lines, line => Assert.True(key.Verifies(AuditCheckpoint.OfLine(line)!)));
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private string Published => Path.Combine(folder, "checkpoints.jsonl");

    private List<string> Lines() => File.Exists(Published) ? [.. File.ReadAllLines(Published)] : [];

    /// <summary>Logs in, and waits until a checkpoint with that is published.</summary>
    private async Task PublishedAsync(TurnstoneServer server, int logins)
    {
        await server.SessionV3Async();
        await Until.HoldsAsync(() => Lines().Exists(line => Covers(line, logins)), $"{logins} logins are published");
    }

    // The last line may be half written while it is read.
    private static bool Covers(string line, int logins) =>
        AuditCheckpoint.OfLine(line) is { } checkpoint
        && AuditCheckpoint.Read(checkpoint.Text) is { } stated
        && stated.State.Chains.First(point => point.Chain is AuditChain.Logins).Next == logins + 1;
}

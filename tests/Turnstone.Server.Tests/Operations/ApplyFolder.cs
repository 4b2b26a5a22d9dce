using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// A folder in which provisioning files are applied by the real program, and the store that they make.
/// </summary>
internal sealed class ApplyFolder : IAsyncLifetime
{
    public string Path { get; } = ServerProcess.NewFolder();

    public async Task<CommandResult> ApplyAsync(string text, bool json = true)
    {
        var file = await ProvisioningText.WriteAsync(Path, text);
        return await InProcess.RunAsync(Path, null, json ? ["apply", file, "--json"] : ["apply", file]);
    }

    /// <summary>How many records the audit has.</summary>
    public async Task<int> AuditAsync()
    {
        await using var store = Store.Open(
            new StoreOptions
            {
                ConnectionString = $"Data Source={System.IO.Path.Combine(Path, "data", "turnstone.db")}",
            },
            TimeProvider.System,
            RandomSource.System
        );
        return (
            await store.Audit.ReadAsync(new AuditQuery { Limit = 1000 }, TestContext.Current.CancellationToken)
        ).Count;
    }

    public async ValueTask InitializeAsync() => await ServerProcess.InitAsync(Path);

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(Path, recursive: true);
        return ValueTask.CompletedTask;
    }
}

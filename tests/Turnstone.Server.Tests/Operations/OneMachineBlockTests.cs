using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The blocks of docs/operations.md that set a server up on one machine and use it, run as they stand there one after
/// the other.
/// </summary>
public sealed class OneMachineBlockTests : IDisposable
{
    private readonly OneMachine machine = new();

    private PastedShell Shell => machine.Shell;

    public OneMachineBlockTests()
    {
        Shell.Replace("deploy/publish", Shell.Of("bin/publish"));
        // Nothing of this machine is seen from outside.
        Shell.Replace("turnstone check      ", "turnstone check --offline      ");
        Shell.Stub("publish", "[[ $* == linux-x64 && -x deploy/publi[s]h ]]");
    }

    [Fact]
    public async Task What_the_blocks_set_up_is_ready_and_its_commands_work_beside_it()
    {
        var made = await Shell.SucceedsAsync(OperationsPage.Block("deploy/publish linux-x64"), Repository.Root);
        Assert.Contains("you@example.com administers the portal", made, StringComparison.Ordinal);
        var block = OperationsPage.Block("systemctl enable --now");
        await Shell.SucceedsAsync(block, Repository.Root);
        var ready = await Shell.SucceedsAsync("curl -s http://127.0.0.1:8400/health/ready");
        Assert.Equal("""{"status":"ready"}""", ready.Trim());
        var keys = await Shell.SucceedsAsync($"{block.Split("turnstone check")[0]}turnstone keys list");
        Assert.Contains("ES256", keys, StringComparison.Ordinal);

        // From here on a reader stands where the service works, with its settings.
        var home = Shell.Of("root/var/lib/turnstone");
        Shell.Environment["Turnstone__Issuer"] = "https://id.example.com";
        Shell.Stub("turnstone-server", "exec /opt/turnstone/turnstone-server \"$@\"");
        var logins = await Shell.SucceedsAsync(OperationsPage.Block("audit --event Login"), home);
        Assert.Empty(JsonNode.Parse(logins)!.AsArray());
        await Shell.SucceedsAsync(OperationsPage.Block("turnstone-server backup"), home);

        // The copy is a store.
        var copy = $"Data Source={Path.Combine(Shell.Of("backups"), "copy.db")};Pooling=False";
        await using (
            var store = Store.Open(
                new StoreOptions { ConnectionString = copy },
                TimeProvider.System,
                RandomSource.System
            )
        )
        {
            Assert.Single(await store.Accounts.ListAsync(null, 10, TestContext.Current.CancellationToken));
        }

        await using var database = new SqliteConnection(copy);
        await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var query = database.CreateCommand();
#pragma warning disable CA2100 // the statement of the page
        query.CommandText = OperationsPage.Single("opened_by_contract", "sql");
#pragma warning restore CA2100
        await using var rows = await query.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.False(rows.HasRows);
    }

    public void Dispose() => machine.Dispose();
}

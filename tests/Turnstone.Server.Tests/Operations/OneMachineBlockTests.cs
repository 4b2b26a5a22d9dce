using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The blocks of docs/operations.md that set a server up on one machine and use it, run as they stand there one after
/// the other. Not the test's to do: to build, to make users, and to be the service manager.
/// </summary>
public sealed class OneMachineBlockTests : IDisposable
{
    private readonly PastedShell shell = new();

    public OneMachineBlockTests()
    {
        System.IO.Directory.CreateDirectory(shell.Of("backups"));

        // What a release build is by itself.
        shell.Environment["DOTNET_ENVIRONMENT"] = "Production";
        shell.Replace("/opt/turnstone", shell.Of("opt"));
        shell.Replace("/etc/turnstone.env", shell.Of("root/etc/turnstone.env"));
        shell.Replace("/etc/systemd/system/", shell.Of("root/etc/systemd/system/"));
        shell.Replace("/var/lib/turnstone", shell.Of("root/var/lib/turnstone"));
        shell.Replace("/var/backups/turnstone", shell.Of("backups"));
        shell.Replace("127.0.0.1:8400", $"127.0.0.1:{PostgresServer.FreePort()}");
        shell.Replace("deploy/publish", shell.Of("bin/publish"));
        shell.Replace("turnstone-server init ", $"turnstone-server init --root {shell.Of("root")} ");

        // Nothing of this machine is seen from outside.
        shell.Replace("turnstone check      ", "turnstone check --offline      ");
        shell.Stub("publish", "[[ $* == linux-x64 && -x deploy/publi[s]h ]]");
        shell.Stub(
            "install",
            $"""
            [[ $* == '-D -m 755 publish/linux-x64/turnstone-server /opt/turnstone/turnstone-server' ]] || exit 1
            mkdir -p /opt/turnstone
            ln -s '{AppContext.BaseDirectory}turnstone-server' /opt/turnstone/turnstone-server
            """
        );
        shell.Stub("useradd", "[[ ${*: -1} == turnstone ]]");
        shell.Stub(
            "systemd-run",
            """
            while [[ $1 == -* ]]; do
              if [[ $1 == -p ]]; then declare "${2%%=*}=${2#*=}"; shift; fi
              shift
            done
            [[ -z ${StateDirectory:-} ]] || mkdir -p -m "$StateDirectoryMode" "$WorkingDirectory"
            cd "$WorkingDirectory" && set -a
            . <(sed 's#/var/lib[/]turnstone#/var/lib/turnstone#' "$EnvironmentFile") && exec "$@"
            """
        );
        shell.Stub(
            "systemctl",
            """
            [[ $* != 'reload nginx' ]] || exit 0
            [[ $* == 'enable --now turnstone' ]] || exit 1
            value() { sed -n "s/^$1=//p" /etc/systemd/system/turnstone.service; }
            folder=$(value WorkingDirectory) file=$(value EnvironmentFile) program=$(value ExecStart)
            [[ "$folder $file $program" == *turnstone*turnstone.env*turnstone-server ]] || exit 1
            cd /var/lib/turnstone && set -a && . <(sed 's#/var/lib[/]turnstone#/var/lib/turnstone#' /etc/turnstone.env)
            /opt/turnstone/turnstone-server --urls http://127.0.0.1:8400 >server.log 2>&1 &
            echo $! >pid
            until curl -sf http://127.0.0.1:8400/health/live >live; do kill -0 $! || exit 1; sleep 0.1; done
            """
        );
    }

    [Fact]
    public async Task What_the_blocks_set_up_is_ready_and_its_commands_work_beside_it()
    {
        var made = await shell.SucceedsAsync(OperationsPage.Block("deploy/publish linux-x64"), Repository.Root);
        Assert.Contains("you@example.com administers the portal", made, StringComparison.Ordinal);
        var block = OperationsPage.Block("systemctl enable --now");
        await shell.SucceedsAsync(block, Repository.Root);
        var ready = await shell.SucceedsAsync("curl -s http://127.0.0.1:8400/health/ready");
        Assert.Equal("""{"status":"ready"}""", ready.Trim());
        var keys = await shell.SucceedsAsync($"{block.Split("turnstone check")[0]}turnstone keys list");
        Assert.Contains("ES256", keys, StringComparison.Ordinal);

        // From here on a reader stands where the service works, with its settings.
        var home = shell.Of("root/var/lib/turnstone");
        shell.Environment["Turnstone__Issuer"] = "https://id.example.com";
        shell.Stub("turnstone-server", "exec /opt/turnstone/turnstone-server \"$@\"");
        var logins = await shell.SucceedsAsync(OperationsPage.Block("audit --event Login"), home);
        Assert.Empty(JsonNode.Parse(logins)!.AsArray());
        await shell.SucceedsAsync(OperationsPage.Block("turnstone-server backup"), home);

        // The copy is a store.
        var copy = $"Data Source={Path.Combine(shell.Of("backups"), "copy.db")};Pooling=False";
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

    public void Dispose()
    {
        if (File.Exists(shell.Of("root/var/lib/turnstone/pid")))
        {
            var pid = File.ReadAllText(shell.Of("root/var/lib/turnstone/pid"));
            using var server = System.Diagnostics.Process.GetProcessById(
                int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)
            );
            server.Kill();
            server.WaitForExit();
        }

        shell.Dispose();
    }
}

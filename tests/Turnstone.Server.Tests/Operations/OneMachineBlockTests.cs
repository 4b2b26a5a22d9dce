using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Turnstone.Model;
using Turnstone.Storage;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The blocks of docs/operations.md that set a server up on one machine and use it, run as they stand there one after
/// the other. Not the test's to do: to build, to install packages, to make users, and to be the service manager.
/// </summary>
public sealed class OneMachineBlockTests : IDisposable
{
    private readonly PastedShell shell = new();

    public OneMachineBlockTests()
    {
        foreach (var name in (string[])["units", "backups"])
        {
            System.IO.Directory.CreateDirectory(shell.Of(name));
        }

        // What a release build is by itself.
        shell.Environment["DOTNET_ENVIRONMENT"] = "Production";
        shell.Replace("/opt/turnstone", shell.Of("opt"));
        shell.Replace("/etc/turnstone.env", shell.Of("turnstone.env"));
        shell.Replace("/etc/systemd/system/", shell.Of("units/"));
        shell.Replace("/var/lib/turnstone", shell.Of("home"));
        shell.Replace("/var/backups/turnstone", shell.Of("backups"));
        shell.Replace("127.0.0.1:8400", $"127.0.0.1:{PostgresServer.FreePort()}");
        shell.Stub(
            "dotnet",
            $$"""
            [[ $1 == publish && -e $2/$(basename "$2").csproj ]] || exit 1
            while (($#)); do [[ $1 != -o ]] || out=$2; shift; done
            mkdir -p "$out" && ln -s '{{AppContext.BaseDirectory}}turnstone-server' "$out/turnstone-server"
            """
        );
        shell.Stub("apt-get", "[[ $* == 'install libargon2-1' ]]");
        shell.Stub("useradd", "[[ ${*: -1} == turnstone ]]");
        shell.Stub(
            "systemd-run",
            """
            while [[ $1 == -* ]]; do
              if [[ $1 == -p ]]; then declare "${2%%=*}=${2#*=}"; shift; fi
              shift
            done
            [[ -z ${StateDirectory:-} ]] || mkdir -p -m "$StateDirectoryMode" "$WorkingDirectory"
            cd "$WorkingDirectory" && set -a && . "$EnvironmentFile" && exec "$@"
            """
        );
        shell.Stub(
            "systemctl",
            """
            [[ $* == 'enable --now turnstone' ]] || exit 1
            value() { sed -n "s/^$1=//p" /etc/systemd/system/turnstone.service; }
            folder=$(value WorkingDirectory) file=$(value EnvironmentFile) program=$(value ExecStart)
            cd /var/lib/turnstone && set -a && . /etc/turnstone.env
            [[ "$folder $file $program" == *turnstone*turnstone.env*turnstone-server ]] || exit 1
            /opt/turnstone/turnstone-server --urls http://127.0.0.1:8400 >server.log 2>&1 &
            echo $! >pid
            until curl -sf http://127.0.0.1:8400/health/live >live; do kill -0 $! || exit 1; sleep 0.1; done
            """
        );
    }

    [Fact]
    public async Task What_the_blocks_set_up_is_ready_and_its_commands_work_beside_it()
    {
        var ready = await shell.SucceedsAsync(OperationsPage.Block("systemctl enable --now"), Repository.Root);
        Assert.EndsWith("""{"status":"ready"}""", ready.Trim(), StringComparison.Ordinal);

        var keys = await shell.SucceedsAsync(OperationsPage.Block("turnstone-server keys list"));
        Assert.Contains("ES256", keys, StringComparison.Ordinal);

        // From here on a reader stands where the service works, with its settings.
        var home = shell.Of("home");
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
            Assert.Empty(await store.Accounts.ListAsync(null, 10, TestContext.Current.CancellationToken));
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
        if (File.Exists(shell.Of("home/pid")))
        {
            using var server = System.Diagnostics.Process.GetProcessById(
                int.Parse(File.ReadAllText(shell.Of("home/pid")), System.Globalization.CultureInfo.InvariantCulture)
            );
            server.Kill();
            server.WaitForExit();
        }

        shell.Dispose();
    }
}

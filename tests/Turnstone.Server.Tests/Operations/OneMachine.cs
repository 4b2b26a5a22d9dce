using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The machine on which a page sets the service up. Not the test's to do: to build, to make users, and to be the
/// service manager.
/// </summary>
internal sealed class OneMachine : IDisposable
{
    public OneMachine()
    {
        System.IO.Directory.CreateDirectory(Shell.Of("backups"));

        // What a release build is by itself.
        Shell.Environment["DOTNET_ENVIRONMENT"] = "Production";
        Shell.Replace("/opt/turnstone", Shell.Of("opt"));
        Shell.Replace("/etc/turnstone.env", Shell.Of("root/etc/turnstone.env"));
        Shell.Replace("/etc/systemd/system/", Shell.Of("root/etc/systemd/system/"));
        Shell.Replace("/var/lib/turnstone", Shell.Of("root/var/lib/turnstone"));
        Shell.Replace("/var/backups/turnstone", Shell.Of("backups"));
        Shell.Replace("127.0.0.1:8400", $"127.0.0.1:{PostgresServer.FreePort()}");
        Shell.Replace("turnstone-server init ", $"turnstone-server init --root {Shell.Of("root")} ");
        Shell.Stub(
            "install",
            $"""
            [[ $* == '-D -m 755 '*turnstone-server' /opt/turnstone/turnstone-server' ]] || exit 1
            mkdir -p /opt/turnstone
            ln -s '{AppContext.BaseDirectory}turnstone-server' /opt/turnstone/turnstone-server
            """
        );
        Shell.Stub("useradd", "[[ ${*: -1} == turnstone ]]");
        Shell.Stub(
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
        Shell.Stub(
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

    public PastedShell Shell { get; } = new();

    public void Dispose()
    {
        if (File.Exists(Shell.Of("root/var/lib/turnstone/pid")))
        {
            var pid = File.ReadAllText(Shell.Of("root/var/lib/turnstone/pid"));
            using var server = System.Diagnostics.Process.GetProcessById(
                int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)
            );
            server.Kill();
            server.WaitForExit();
        }

        Shell.Dispose();
    }
}

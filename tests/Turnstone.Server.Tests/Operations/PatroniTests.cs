using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// deploy/patroni.yml and the block of docs/operations.md beside it, on a machine that has the addresses of all three:
/// etcd, two members of the cluster, a switchover, and a server with the page's connection string.
/// </summary>
public sealed class PatroniTests : IDisposable
{
    private const string Password = "of-their-own";

    // What an operator has before: certificates, etcd, the folder of the archive.
    private const string Before = """
        exec 2>&1
        for last in 11 12 13; do ip address add 10.0.0.$last/24 dev lo; done
        mkdir -p /etc/patroni /etc/postgresql/tls /etc/turnstone /run/postgresql/second
        openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=pg -keyout /etc/postgresql/tls/server.key \
          -addext subjectAltName=IP:10.0.0.11,IP:10.0.0.12,IP:10.0.0.13 -out /etc/postgresql/tls/server.crt 2>/dev/null
        cp /etc/postgresql/tls/server.crt /etc/turnstone/ca.pem
        cp /pasted/patroni.yml /etc/patroni/config.yml
        # The second machine: its name, its address, and, as it is this one too, folders of its own.
        sed -e 's/^name: pg1/name: pg2/' -e '/listen:\|connect_address:/s/10.0.0.11/10.0.0.12/' \
          -e 's#/var/lib/postgresql/15/turnstone#/var/lib/postgresql/15/second#' -e 's#pgpass-patroni#&-2#' \
          -e 's#^    ssl: "on"#&\n    unix_socket_directories: /run/postgresql/second#' \
          /etc/patroni/config.yml >/etc/patroni/second.yml
        install -d -o postgres /var/backups/wal
        chown -R postgres /etc/patroni /etc/postgresql/tls /run/postgresql
        chmod 600 /etc/patroni/*.yml
        systemd-run -q --unit etcd3 etcd --data-dir /var/lib/etcd3 \
          --listen-client-urls http://10.0.0.11:2379,http://10.0.0.12:2379,http://10.0.0.13:2379 \
          --advertise-client-urls http://10.0.0.11:2379
        list() { runuser -u postgres -- patronictl -c /etc/patroni/config.yml list; }
        until_listed() {
          for _ in {1..240}; do if list | grep -q "$1"; then return; fi; sleep 0.5; done
          list; journalctl -q --no-pager -n 60; return 1
        }
        cd /
        """;

    private const string Members = """
        until_listed 'pg1 .* Leader .* running'
        systemd-run -q --unit patroni2 -p User=postgres patroni /etc/patroni/second.yml
        until_listed 'pg2 .* Sync Standby .* streaming\|pg2 .* Sync Standby .* running'
        export PGPASSWORD=change-me
        """;

    private readonly ThrowawayMachine machine = new();

    [Fact]
    public async Task A_cluster_of_the_file_takes_the_blocks_commands_and_serves_the_pages_connection_string()
    {
        await File.WriteAllTextAsync(
            machine.Of("patroni.yml"),
            await File.ReadAllTextAsync(
                Path.Combine(Repository.Root, "deploy", "patroni.yml"),
                TestContext.Current.CancellationToken
            ),
            TestContext.Current.CancellationToken
        );
        var start = OperationsPage.Block("--validate-config");
        var block = OperationsPage.Block("patronictl").Replace("…", Password, StringComparison.Ordinal);
        var connection = OperationsPage.Block("ConnectionStrings__Turnstone=").Trim().Split('=', 2)[1]
            .Replace("…", Password, StringComparison.Ordinal);

        var said = await machine.SucceedsAsync(
            ("before", Before),
            ("start", start),
            ("members", Members),
            // patronictl asks when, and whether one is sure.
            ("block", $"{{\n{block}}} <<'END'\nnow\ny\nEND"),
            ("moved", "until_listed 'pg2 .* Leader .* running'\nuntil_listed 'pg1 .* Sync Standby'\nlist"),
            ("server", Server(connection)),
            ("log", "journalctl -q --no-pager -o cat -u patroni | grep 'checkpoint starting'")
        );

        Assert.DoesNotContain("didn't pass validation", said["start"], StringComparison.Ordinal);
        Assert.Contains("CREATE ROLE", said["block"], StringComparison.Ordinal);
        Assert.Contains("CREATE DATABASE", said["block"], StringComparison.Ordinal);
        Assert.Contains("Successfully switched over to \"pg2\"", said["block"], StringComparison.Ordinal);
        Assert.Contains("Made a new store", said["server"], StringComparison.Ordinal);
        Assert.Contains("0 failed", said["server"], StringComparison.Ordinal);
        // checkpoint: fast. A spread one, which a new standby would wait for, says neither.
        Assert.DoesNotContain("starting: force wait", said["log"], StringComparison.Ordinal);
    }

    public void Dispose() => machine.Dispose();

    private static string Server(string connection) =>
        $"""
            export Turnstone__Issuer=https://id.example.com
            export Turnstone__Proxies__Trusted__0=127.0.0.1 Turnstone__Store__RequireReplication=true
            export Turnstone__MasterKey=$(openssl rand -base64 32) ConnectionStrings__Turnstone='{connection}'
            /pasted/build/turnstone-server init
            /pasted/build/turnstone-server check --offline
            """;
}

using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The blocks of docs/operations.md that set a server up on one machine, use it, and put its backup back, run as they
/// stand there, one after the other, on a machine with systemd, nginx and a certificate.
/// </summary>
public sealed class OneMachineBlockTests : IDisposable
{
    private const string Ready = """{"status":"ready"}""";

    // What an operator has before: the sources, nginx, a certificate for the host's name. The build is the tests' own.
    private const string Before = """
        exec 2>&1
        mkdir -p /root/sources/deploy /etc/ssl/turnstone && cd /root/sources
        cat >deploy/publish <<'END'
        mkdir -p publish/$1
        printf '#!/bin/sh\nexec /pasted/build/turnstone-server "$@"\n' >publish/$1/turnstone-server
        END
        chmod +x deploy/publish
        openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=id.example.com \
          -addext subjectAltName=DNS:id.example.com -keyout /etc/ssl/turnstone/key.pem \
          -out /etc/ssl/turnstone/fullchain.pem
        cp /etc/ssl/turnstone/fullchain.pem /usr/local/share/ca-certificates/turnstone.crt
        update-ca-certificates
        echo 127.0.0.1 localhost id.example.com >/etc/hosts
        systemctl start nginx
        """;

    // The page's commands, by a user who may use the settings; its folder for copies.
    private const string Reader = """
        turnstone-server() { turnstone "$@"; }
        install -d -o turnstone /var/backups/turnstone
        """;

    private const string Ask = "curl -s http://127.0.0.1:8400/health/ready; echo";
    private const string Discovery = "curl -s https://id.example.com/.well-known/openid-configuration; echo";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly ThrowawayMachine machine = new();

    [Fact]
    public async Task What_the_blocks_set_up_is_served_behind_nginx_and_comes_back_from_its_backup()
    {
        var said = await machine.SucceedsAsync(
            ("before", Before),
            ("init", OperationsPage.Block("deploy/publish linux-x64")),
            ("start", OperationsPage.Block("systemctl enable --now")),
            ("ready", Ask),
            ("discovery", Discovery),
            ("user", "ps -o user= -C turnstone-server"),
            ("reader", Reader),
            ("audit", OperationsPage.Block("audit --event Login")),
            ("backup", OperationsPage.Block("turnstone-server backup")),
            ("copy", "cp /var/backups/turnstone/copy.db /pasted"),
            ("key", "cp /var/lib/turnstone/data/master.key /root/key.apart"),
            ("keys", "turnstone keys list --json"),
            ("rotate", "turnstone keys rotate"),
            ("rotated", "turnstone keys list --json"),
            ("restore", OperationsPage.Block("mktemp -d lost")),
            ("restored", $"{Ask}\nturnstone keys list --json"),
            ("lost machine", "systemctl stop turnstone && cd / && rm -rf /var/lib/turnstone"),
            ("new machine", OperationsPage.Block("install -d")),
            ("brought back", $"{Ask}\nturnstone keys list --json")
        );

        Assert.Contains("you@example.com administers the portal", said["init"], StringComparison.Ordinal);

        // What init says comes next is what the page says, and that is run here.
        var function = Unfolded(OperationsPage.Block("systemctl enable --now")).Split("; }")[0];
        Assert.Contains(
            function.Replace("/opt/turnstone/", "/pasted/build/", StringComparison.Ordinal),
            Unfolded(said["init"]),
            StringComparison.Ordinal
        );
        Assert.Equal(2, said["start"].Split("0 failed").Length - 1);
        Assert.Contains("Production", said["start"], StringComparison.Ordinal);
        Assert.Contains("certificate", said["start"], StringComparison.Ordinal);
        Assert.Equal(Ready, said["ready"]);
        Assert.Equal("https://id.example.com", (string?)JsonNode.Parse(said["discovery"])!["issuer"]);
        Assert.Equal("turnstone", said["user"].Trim());
        Assert.Empty(JsonNode.Parse(said["audit"])!.AsArray());
        Assert.NotEqual(said["keys"], said["rotated"]);
        Assert.Equal($"{Ready}\n{said["keys"]}", said["restored"]);
        Assert.Equal($"{Ready}\n{said["keys"]}", said["brought back"]);
        await AssertIsAStoreAsync(machine.Of("copy.db"));
    }

    public void Dispose() => machine.Dispose();

    private static string Unfolded(string shell) =>
        string.Join(' ', shell.Split([' ', '\n', '\\'], StringSplitOptions.RemoveEmptyEntries));

    private static async Task AssertIsAStoreAsync(string copy)
    {
        var source = $"Data Source={copy};Pooling=False";
        await using (
            var store = Store.Open(
                new StoreOptions { ConnectionString = source },
                TimeProvider.System,
                RandomSource.System
            )
        )
        {
            Assert.Single(await store.Accounts.ListAsync(null, 10, Cancel));
        }

        await using var database = new SqliteConnection(source);
        await database.OpenAsync(Cancel);
        await using var query = database.CreateCommand();
#pragma warning disable CA2100 // the statement of the page
        query.CommandText = OperationsPage.Single("opened_by_contract", "sql");
#pragma warning restore CA2100
        await using var rows = await query.ExecuteReaderAsync(Cancel);
        Assert.False(rows.HasRows);
    }
}

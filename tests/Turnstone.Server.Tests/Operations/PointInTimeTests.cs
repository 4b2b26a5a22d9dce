using System.Diagnostics;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The blocks of docs/operations.md that restore PostgreSQL to a point in time, run as they stand there on a cluster of
/// the test's, with its folders, its port and its time in place of the documented ones.
/// </summary>
public sealed class PointInTimeTests : IAsyncLifetime
{
    private const string Documented = "2026-11-21 10:46:06.934741+00";

    private readonly int port = PostgresServer.FreePort();
    private readonly int standbyPort = PostgresServer.FreePort();
    private string home = "";

    public async ValueTask InitializeAsync()
    {
        home = (await RunAsync("mktemp -d -t turnstone-recovery-XXXXXX")).Trim();
        await RunAsync(
            $"""
            mkdir {home}/backups {home}/backups/wal
            initdb -D {home}/primary -U postgres -A trust -E UTF8 --no-locale --no-sync --no-instructions
            cat >> {home}/primary/postgresql.conf <<'END'
            port = {port}
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            archive_mode = on
            archive_command = 'cp %p {home}/backups/wal/%f'
            END
            pg_ctl -D {home}/primary -w -s -l {home}/primary.log start
            {Psql("CREATE TABLE kept (word TEXT)")}
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync(
            $"""
            for cluster in primary restored standby; do
              [ ! -e {home}/$cluster/postmaster.pid ] || pg_ctl -D {home}/$cluster -w -s -m immediate stop
            done
            rm -rf {home}
            """
        );
    }

    [Fact]
    public async Task The_restored_server_takes_writes_and_a_standby_made_of_it_follows_it()
    {
        await RunAsync(Ours(OperationsPage.Block("pg_basebackup -h")));
        await RunAsync(Psql("INSERT INTO kept VALUES ('before')"));
        var time = (await RunAsync(Psql("SELECT clock_timestamp()"))).Trim();
        await RunAsync(Psql("INSERT INTO kept VALUES ('after')"));
        await RunAsync($"{Psql("SELECT pg_switch_wal()")}; pg_ctl -D {home}/primary -w -s -m fast stop");

        await RunAsync(
            Ours(OperationsPage.Block("recovery.signal")).Replace(Documented, time, StringComparison.Ordinal)
        );

        Assert.Equal("before", (await RunAsync(Psql("SELECT word FROM kept"))).Trim());
        await RunAsync(
            $"""
            pg_basebackup -h 127.0.0.1 -p {port} -U postgres -D {home}/standby -X stream -c fast -R
            pg_ctl -D {home}/standby -w -s -l {home}/standby.log -o '-p {standbyPort}' start
            {Psql("INSERT INTO kept VALUES ('later')")}
            {Psql("SELECT pg_current_wal_lsn()")} > {home}/written
            until [ "$({Psql(Caught(), standbyPort)})" = t ]; do sleep 0.1; done
            """
        );

        // With the target left behind it ends its recovery at that commit and goes its own way.
        Assert.Equal("t", (await RunAsync(Psql("SELECT pg_is_in_recovery()", standbyPort))).Trim());
        var words = await RunAsync(Psql("SELECT word FROM kept ORDER BY word", standbyPort));
        Assert.Equal(["before", "later"], words.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    // It has replayed what was written, or it is no standby any more.
    private string Caught() =>
        $"SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= '$(cat {home}/written)'::pg_lsn";

    private string Ours(string block) =>
        block
            .Replace("-h 10.0.0.11", $"-h 127.0.0.1 -p {port}", StringComparison.Ordinal)
            .Replace("-U replicator", "-U postgres", StringComparison.Ordinal)
            .Replace("/var/lib/postgresql/15/restored", $"{home}/restored", StringComparison.Ordinal)
            .Replace("/var/backups", $"{home}/backups", StringComparison.Ordinal);

    private string Psql(string sql, int? at = null) =>
        $"psql -h 127.0.0.1 -p {at ?? port} -U postgres -d postgres -qAtc \"{sql}\"";

    /// <summary>Runs a script to its end, as the user that PostgreSQL runs as, and answers what it wrote.</summary>
    private static async Task<string> RunAsync(string script)
    {
        string[] user = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];
        string[] words = [.. user, "bash", "-ec", script];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        var programs = Path.GetDirectoryName(PostgresServer.Find("pg_ctl"));
        start.Environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        using var shell = Process.Start(start)!;

        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"{script} ended with {shell.ExitCode}: {output}");
        return output;
    }
}

using System.Diagnostics;
using Npgsql;
using Turnstone.Nodes.Cluster;
using PostgresServer = Turnstone.Testing.PostgresServer;

namespace Turnstone.Server.Tests.Nodes;

/// <summary>A real PgBouncer in front of a database.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly string folder;
    private readonly Process process;

    private PgBouncer(string folder, Process process, string database) =>
        (this.folder, this.process, Database) = (folder, process, database);

    /// <summary>The database's connection string by way of the pooler.</summary>
    public string Database { get; }

    public static async Task<PgBouncer> StartAsync(string database, string mode, int? port = null)
    {
        var behind = new NpgsqlConnectionStringBuilder(database);
        var (folder, listens) = (ServerProcess.NewFolder(), port ?? PostgresServer.FreePort());
        var file = Path.Combine(folder, "pgbouncer.ini");
        var password = behind.Password is { Length: > 0 } given ? $"password={given}" : "";
        await File.WriteAllTextAsync(
            file,
            $"""
            [databases]
            {behind.Database} = host={behind.Host} port={behind.Port} user={behind.Username} {password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {listens}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = 60
            """
        );

        // It refuses to be root, and reads its file as the user that it is given.
        string[] user = Environment.UserName == "root" ? ["runuser", "-u", "nobody", "--"] : [];
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        string[] words =
        [
            .. user,
            File.Exists("/usr/sbin/pgbouncer") ? "/usr/sbin/pgbouncer" : "pgbouncer",
            "-q",
            file,
        ];
        var process = Process.Start(new ProcessStartInfo(words[0], words[1..]))!;
        var through = new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = listens };
        var pooler = new PgBouncer(folder, process, through.ToString());
        await Until.HoldsAsync(pooler.AnswersAsync, "PgBouncer answers");
        return pooler;
    }

    public async Task StopAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection($"{Database};Pooling=false;No Reset On Close=true");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return process.HasExited ? throw new InvalidOperationException("PgBouncer ended.") : false;
        }
    }
}

using Npgsql;
using Turnstone.Audit;
using Turnstone.Model;
using Turnstone.Storage;

namespace Turnstone.Nodes.Cluster;

/// <summary>
/// A real PostgreSQL on a free port of 127.0.0.1, as careful as it comes (fsync and full page writes on), in a folder
/// of its own that goes with it. It can be made from another one as its streaming standby.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string folder;
    private readonly List<string> options = [];

    private PostgresServer(string folder) => this.folder = folder;

    public int Port { get; } = Programs.FreePort();

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=postgres;Database=turnstone";

    private string Data => $"{folder}/data";

    public static async Task<PostgresServer> StartAsync(string under)
    {
        var server = new PostgresServer(await FolderAsync(under));
        await server.RunAsync(
            "initdb",
            "-D",
            server.Data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-instructions"
        );
        await server.StartAsync();
        await server.ExecuteAsync("CREATE DATABASE turnstone", database: "postgres");
        return server;
    }

    /// <summary>
    /// A standby of this server, on a base backup of it, that streams from it through the given port.
    /// </summary>
    /// <param name="under">Where its folder is made.</param>
    /// <param name="through">The primary's port, or that of a gate in front of it.</param>
    public async Task<PostgresServer> StandbyAsync(string under, int through)
    {
        var standby = new PostgresServer(await FolderAsync(under));
        await RunAsync(
            "pg_basebackup",
            "-D",
            standby.Data,
            "-X",
            "stream",
            "-c",
            "fast",
            "-R",
            "-d",
            $"host=127.0.0.1 port={through} user=postgres application_name=standby"
        );
        await standby.StartAsync();
        await Until.HoldsAsync(
            async () => await NumberAsync("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") > 0,
            TimeSpan.FromSeconds(20),
            "the standby streams"
        );
        return standby;
    }

    /// <summary>A server with a port that has no data yet.</summary>
    public static async Task<PostgresServer> EmptyAsync(string under) => new(await FolderAsync(under));

    /// <summary>Makes the other one a copy of this server by a base backup; it runs once it is started.</summary>
    public Task CopyToAsync(PostgresServer other) =>
        RunAsync(
            "pg_basebackup",
            "-D",
            other.Data,
            "-X",
            "stream",
            "-c",
            "fast",
            "-d",
            $"host=127.0.0.1 port={Port} user=postgres"
        );

    /// <summary>A setting for this and every later start.</summary>
    public void Give(string option) => options.Add(option);

    public Task StartAsync() =>
        RunAsync(
            "pg_ctl",
            "-D",
            Data,
            "-s",
            "-w",
            "-t",
            "60",
            "-l",
            $"{folder}/log",
            "-o",
            $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c "
                + "shared_buffers=64MB -c "
                + $"wal_level=replica {string.Join(' ', options.Select(option => $"-c {option}"))}",
            "start"
        );

    /// <param name="mode">smart, fast or immediate.</param>
    public Task StopAsync(string mode = "fast") =>
        RunAsync("pg_ctl", "-D", Data, "-s", "-w", "-t", "60", "-m", mode, "stop");

    public Task PromoteAsync() => RunAsync("pg_ctl", "-D", Data, "-s", "-w", "promote");

    /// <summary>Ends the postmaster and all that it started, at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        var (postmaster, children) = (Postmaster, Children);
        await Programs.SignalAsync("KILL", [postmaster, .. children]);
        await Until.HoldsAsync(
            () => !System.IO.Directory.Exists($"/proc/{postmaster}"),
            TimeSpan.FromSeconds(5),
            "the postmaster is gone"
        );
    }

    /// <summary>
    /// Starts it after <see cref="KillAsync"/>, which leaves a file that names a process that is no more.
    /// </summary>
    public async Task StartAgainAsync()
    {
        // Whoever has the shared memory of the killed one must be gone, or the start is refused.
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await StartAsync();
                return;
            }
            catch (InvalidOperationException) when (attempt < 20)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>
    /// The processes that serve connections and those that serve them: everything but the postmaster.
    /// </summary>
    public IReadOnlyList<int> Children => Programs.ChildrenOf(Postmaster);

    public int Postmaster => int.Parse(File.ReadLines($"{Data}/postmaster.pid").First());

    public async Task<int> ExecuteAsync(string sql, string database = "turnstone")
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The entries of the audit log, sealed or not, of a kind.</summary>
    public async Task<IReadOnlyList<AuditEntry>> RecordedAsync(AuditEvent what)
    {
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = ConnectionString },
            TimeProvider.System,
            RandomSource.System
        );
        await store.Migrations.StatusAsync(CancellationToken.None);
        return await store.Audit.ReadAsync(new AuditQuery { Event = what, Limit = 1_000_000 }, CancellationToken.None);
    }

    public async Task<long> NumberAsync(string sql)
    {
        await using var connection = await OpenAsync("turnstone");
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync() is { } value and not DBNull ? value : 0L);
    }

    public async Task<List<string>> TextsAsync(string sql)
    {
        await using var connection = await OpenAsync("turnstone");
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        List<string> texts = [];
        while (await reader.ReadAsync())
        {
            texts.Add(reader.GetValue(0).ToString()!);
        }

        return texts;
    }

    public static Task<string> VersionAsync() => Programs.RunAsync([Find("postgres"), "--version"]);

    public async ValueTask DisposeAsync()
    {
        if (File.Exists($"{Data}/postmaster.pid"))
        {
            await Programs.SignalAsync(
                "CONT",
                [Postmaster, .. System.IO.Directory.Exists($"/proc/{Postmaster}") ? Children : []]
            );
            await Programs.TryAsync([.. Servant, Find("pg_ctl"), "-D", Data, "-s", "-w", "-m", "immediate", "stop"]);
        }

        await Programs.RunAsync(["rm", "-rf", folder]);
    }

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Pooling=false;Timeout=5"
        );
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<string> FolderAsync(string under)
    {
        var folder = $"{under}/postgres-{RandomSource.System.NewId(TimeProvider.System.GetUtcNow()):N}";
        System.IO.Directory.CreateDirectory(folder);
        if (Servant.Length > 0)
        {
            await Programs.RunAsync(["chown", "postgres", folder]);
        }

        return folder;
    }

    // initdb and postgres refuse to be root.
    private static string[] Servant => Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];

    private async Task RunAsync(string program, params string[] arguments)
    {
        // The server that pg_ctl leaves behind would keep its output open, and whoever reads that waiting.
        string[] words = [.. Servant, Find(program), .. arguments];
        var (code, _, error) =
            program == "pg_ctl"
                ? await Programs.TryAsync(["sh", "-c", "exec \"$@\" >>\"$0\" 2>&1", $"{folder}/pg_ctl.log", .. words])
                : await Programs.TryAsync(words);
        if (code != 0)
        {
            var log = File.Exists($"{folder}/log")
                ? string.Join('\n', File.ReadLines($"{folder}/log").TakeLast(5))
                : "";
            throw new InvalidOperationException($"{program} ended with {code}: {error}{log}");
        }
    }

    private static string Find(string program) =>
        System.IO.Directory.Exists("/usr/lib/postgresql")
            ? System
                .IO.Directory.GetDirectories("/usr/lib/postgresql")
                .OrderDescending(StringComparer.Ordinal)
                .Select(version => $"{version}/bin/{program}")
                .FirstOrDefault(File.Exists)
                ?? program
            : program;
}

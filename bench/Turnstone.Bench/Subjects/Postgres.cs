using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Turnstone.Bench.Subjects;

/// <summary>
/// A PostgreSQL of our own, as durable as it is shipped: fsync, full_page_writes and synchronous_commit are on.
/// </summary>
internal sealed class Postgres : IAsyncDisposable
{
    private readonly ChildProcess process;

    private Postgres(ChildProcess process, int port, int id) => (this.process, Port, Id) = (process, port, id);

    public int Port { get; }

    /// <summary>The postmaster; its children are the backends.</summary>
    public int Id { get; }

    public static IReadOnlyList<string> Settings { get; } =
    [
        "shared_buffers=256MB",
        "max_wal_size=4GB",
        "max_connections=200",
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
    ];

    public static async Task<Postgres> StartAsync(string folder)
    {
        var (bin, data) = (Binaries(), Path.Combine(folder, "postgres"));
        System.IO.Directory.CreateDirectory(data);
        if (Environment.IsPrivilegedProcess)
        {
            // initdb and postgres refuse to be root.
            await ChildProcess.RunAsync(Path.Combine(folder, "chown.log"), "chown", "postgres", data);
        }

        var cluster = Path.Combine(data, "cluster");
        if (!System.IO.Directory.Exists(cluster))
        {
            await RunAsync(
                Path.Combine(folder, "initdb.log"),
                $"{bin}/initdb",
                "-D",
                cluster,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-locale"
            );
        }

        var port = ChildProcess.FreePort();
        var (file, arguments) = AsServant(
            $"{bin}/postgres",
            ["-D", cluster, "-p", $"{port}", .. Settings.SelectMany(setting => new[] { "-c", setting })]
        );
        var process = ChildProcess.Start(Path.Combine(folder, "postgres.log"), file, arguments);
        for (
            var waited = Stopwatch.StartNew();
            waited.Elapsed < TimeSpan.FromSeconds(60) && !process.HasExited;
            await Task.Delay(100)
        )
        {
            try
            {
                await using var source = NpgsqlDataSource.Create(ConnectionString(port, "postgres") + ";Pooling=false");
                await using var connection = await source.OpenConnectionAsync();
                return new Postgres(
                    process,
                    port,
                    int.Parse(
                        File.ReadLines(Path.Combine(cluster, "postmaster.pid")).First(),
                        CultureInfo.InvariantCulture
                    )
                );
            }
            catch (NpgsqlException)
            {
                // Not yet.
            }
        }

        throw new InvalidOperationException($"PostgreSQL did not start: see {folder}/postgres.log");
    }

    public async Task<string> NewDatabaseAsync(string name)
    {
        await ExecuteAsync("postgres", $"CREATE DATABASE {name}");
        return ConnectionStringOf(name);
    }

    public string ConnectionStringOf(string database) => ConnectionString(Port, database);

    public async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            ConnectionString(Port, database) + ";Command Timeout=0;Pooling=false"
        );
#pragma warning disable CA2100 // the texts are this program's own
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    public async Task<long> WalBytesAsync() =>
        (long)(decimal)(await ExecuteAsync("postgres", "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"))!;

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static string ConnectionString(int port, string database) =>
        $"Host=127.0.0.1;Port={port};Username=postgres;Database={database}";

    private static string Binaries() =>
        System.IO.Directory.Exists("/usr/lib/postgresql")
            ? System
                .IO.Directory.GetDirectories("/usr/lib/postgresql")
                .OrderBy(path => path, StringComparer.Ordinal)
                .Last() + "/bin"
            : throw new InvalidOperationException("PostgreSQL is missing: apt-get install postgresql");

    private static Task RunAsync(string log, string program, params string[] arguments)
    {
        var (file, all) = AsServant(program, arguments);
        return ChildProcess.RunAsync(log, file, all);
    }

    private static (string File, IEnumerable<string> Arguments) AsServant(
        string program,
        IEnumerable<string> arguments
    ) =>
        Environment.IsPrivilegedProcess
            ? ("runuser", ["-u", "postgres", "--", program, .. arguments])
            : (program, arguments);
}

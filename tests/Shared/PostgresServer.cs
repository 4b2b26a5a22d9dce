using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Turnstone.Model;

namespace Turnstone.Testing;

/// <summary>
/// A real PostgreSQL for tests: the one that TURNSTONE_TEST_POSTGRES names, or one of our own in a temporary folder on
/// a free port of 127.0.0.1, started when it is first asked for and ended with the tests.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly SemaphoreSlim starting = new(1);
    private readonly SemaphoreSlim filling = new(1);
    private readonly bool ownOnly;
    private string? template;
    private string? folder;
    private int port;
    private string? connectionString;

    public PostgresServer() { }

    private PostgresServer(bool ownOnly) => this.ownOnly = ownOnly;

    /// <summary>A server that a test may stop and start without taking others down.</summary>
    public static PostgresServer Private() => new(ownOnly: true);

    /// <summary>
    /// Makes an empty database (or a copy of one to which nobody is connected) and answers its connection string.
    /// </summary>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = $"turnstone_{Convert.ToHexStringLower(RandomSource.System.Bytes(8))}";
        await CommandAsync(
            template is null ? $"CREATE DATABASE {name}" : $"CREATE DATABASE {name} TEMPLATE {template}"
        );
        return new NpgsqlConnectionStringBuilder(await StartedAsync()) { Database = name }.ToString();
    }

    /// <summary>A copy of a database that is made and filled once: filling each would take longer than the tests.
    /// </summary>
    public async Task<string> CopyFilledAsync(Func<string, Task> fill)
    {
        await filling.WaitAsync();
        try
        {
            if (template is null)
            {
                var made = await CreateDatabaseAsync();
                await fill($"{made};Pooling=false");
                template = made;
            }
        }
        finally
        {
            filling.Release();
        }

        return await CreateDatabaseAsync(NameOf(template));
    }

    public async Task DropDatabaseAsync(string database)
    {
        NpgsqlConnection.ClearAllPools();
        await CommandAsync($"DROP DATABASE IF EXISTS {NameOf(database)} WITH (FORCE)");
    }

    /// <summary>Ends every connection to a database, as a failing network or a failing over server would.</summary>
    public Task CutConnectionsAsync(string database) =>
        CommandAsync(
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{NameOf(database)}' "
                + "AND pid <> pg_backend_pid()"
        );

    public static string NameOf(string database) => new NpgsqlConnectionStringBuilder(database).Database!;

    public Task StopAsync() => RunAsync("pg_ctl", "-D", folder!, "-s", "-w", "-m", "immediate", "stop");

    public Task StartAsync() =>
        RunAsync(
            "pg_ctl",
            "-D",
            folder!,
            "-s",
            "-w",
            "-l",
            $"{folder}/log",
            "-o",
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c "
                + "full_page_writes=off -c max_connections=300",
            "start"
        );

    public async ValueTask DisposeAsync()
    {
        if (folder is not null)
        {
            await StopAsync();
            await RunAsync("rm", "-rf", folder);
        }
        else if (template is not null)
        {
            await DropDatabaseAsync(template);
        }

        starting.Dispose();
        filling.Dispose();
    }

    public async Task CommandAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(await StartedAsync()) { Pooling = false }.ToString()
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string> StartedAsync()
    {
        await starting.WaitAsync();
        try
        {
            return connectionString ??= (ownOnly ? null : Environment.GetEnvironmentVariable("TURNSTONE_TEST_POSTGRES"))
                is { Length: > 0 } given
                ? given
                : await StartOwnAsync();
        }
        finally
        {
            starting.Release();
        }
    }

    private async Task<string> StartOwnAsync()
    {
        var made = (await RunAsync("mktemp", "-d", "-t", "turnstone-postgres-XXXXXX")).Trim();
        port = FreePort();
        await RunAsync(
            "initdb",
            "-D",
            made,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
            "--no-instructions"
        );
        folder = made;
        await StartAsync();
        return $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        // PostgreSQL refuses to run as root; its files belong to the user that it runs as.
        string[] user = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--"] : [];
        string[] words = [.. user, Find(program), .. arguments];

        // The server that pg_ctl leaves behind would keep the pipe open and this waiting.
        var server = program == "pg_ctl";
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = !server,
            WorkingDirectory = "/",
        };
        using var process = Process.Start(start)!;
        var output = server ? "" : await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    /// <summary>Where a program of PostgreSQL's is; the newest of those that are installed.</summary>
    internal static string Find(string program) =>
        System.IO.Directory.Exists("/usr/lib/postgresql")
            ? System
                .IO.Directory.GetDirectories("/usr/lib/postgresql")
                .OrderDescending(StringComparer.Ordinal)
                .Select(version => $"{version}/bin/{program}")
                .FirstOrDefault(File.Exists)
                ?? program
            : program;
}

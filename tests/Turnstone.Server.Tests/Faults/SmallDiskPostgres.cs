using System.Diagnostics;
using System.Text;
using Npgsql;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// A real PostgreSQL with its cluster on a small disk. What a full disk ends is started again, as an init system does.
/// </summary>
internal sealed class SmallDiskPostgres : IAsyncDisposable
{
    // Small segments, so that the log asks for room soon. It takes another user than root, and in a namespace of its
    // own it is one without being given one.
    private const string Script = """
        "$0" -D "$2/cluster" -U postgres -A trust -E UTF8 --no-locale --no-sync --no-instructions \
            --wal-segsize=1 || exit
        trap 'kill -QUIT "$postgres"; wait; exit' TERM
        while :; do
            "$1" -D "$2/cluster" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off \
                -c min_wal_size=2MB -c max_wal_size=2MB -c wal_recycle=off -c shared_buffers=16MB \
                -c dynamic_shared_memory_type=mmap & postgres=$!
            wait "$postgres"
            sleep 0.1
        done
        """;

    private readonly string folder = ServerProcess.NewFolder();
    private readonly StringBuilder log = new();
    private readonly SmallDisk disk;
    private readonly Process process;

    public SmallDiskPostgres()
    {
        disk = new SmallDisk(folder, megabytes: 48);
        var port = PostgresServer.FreePort();
        var words = disk.Start([
            "unshare",
            "--map-user=65534",
            "sh",
            "-c",
            Script,
            PostgresServer.Find("initdb"),
            PostgresServer.Find("postgres"),
            folder,
            $"{port}",
        ]);
        process = Process.Start(
            new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";
    }

    public string ConnectionString { get; }

    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>
    /// Takes what room is left, and has the server begin the next file of its log, for which there is none. The one
    /// that it has may else be enough for many changes of rows that are there.
    /// </summary>
    public async Task FillAsync()
    {
        disk.Fill(process.Id);
        await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false;Timeout=5");
        try
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT pg_switch_wal()", connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // It has gone down, with this command or before it.
        }
    }

    public void Free() => disk.Free(process.Id);

    public async Task ReadyAsync()
    {
        while (!Log.Contains("ready to accept connections", StringComparison.Ordinal))
        {
            Assert.False(process.HasExited, Log);
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        process.Dispose();
        System.IO.Directory.Delete(folder);
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (log)
        {
            log.AppendLine(line.Data);
        }
    }
}

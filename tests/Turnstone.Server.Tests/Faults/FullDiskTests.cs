using System.Diagnostics;
using Turnstone.Audit;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Operations;
using Turnstone.Sessions;
using Turnstone.Storage;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// The real program with its data on a real disk that fills to the last byte, or that can no longer be written, while
/// clients log in and refresh: they are told 503 in their contract's shape, nothing is half-written, and with room
/// again all go on, without a restart.
/// </summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    [Fact]
    public async Task On_a_full_disk_nothing_is_half_written_and_with_room_again_every_client_goes_on()
    {
        var disk = new SmallDisk(Data, megabytes: 16);
        var settings = await SettingsAsync($"Data Source={Data}/turnstone.db");
        await using var server = await ServerProcess.StartAsync(settings, folder, disk.Start);
        await using var traffic = new Traffic(server);
        await traffic.StartAsync();
        await traffic.GoesOnAsync(times: 20);

        // A little room comes back again and again, so that it ends at any page of a commit.
        var pages = 0;
        await traffic.IsRefusedAsync(
            times: 15,
            meanwhile: () =>
            {
                Assert.False(server.HasExited, server.HasExited ? server.Story : null);
                disk.Fill(server.Id, leave: pages++ % 12);
                return Task.CompletedTask;
            }
        );

        disk.Free(server.Id);
        await traffic.GoesOnAsync(times: 20);
        await traffic.EndAsync();

        await LeftNoTraceAsync(settings, traffic, words => SmallDisk.Join(server.Id, words));
    }

    /// <summary>What fills a small disk may be the log of SQLite itself, which nobody else can empty.</summary>
    [Fact]
    public async Task On_a_small_disk_the_log_leaves_room_for_the_database()
    {
        var disk = new SmallDisk(Data, megabytes: 6);
        await using var server = await ServerProcess.StartAsync(
            await SettingsAsync($"Data Source={Data}/made by the server/turnstone.db"),
            folder,
            disk.Start
        );
        await using var traffic = new Traffic(server);
        await traffic.StartAsync();

        await traffic.GoesOnAsync(times: 400);
        await traffic.EndAsync();

        Assert.Equal(0, traffic.Refused);
    }

    /// <summary>
    /// A file system that turns read-only under open files refuses every write to them, and so does a limit of zero on
    /// the size of files; the limit can be lifted again.
    /// </summary>
    [Fact]
    public async Task While_no_file_can_be_written_nothing_is_lost_and_afterwards_every_client_goes_on()
    {
        var settings = await SettingsAsync($"Data Source={Data}/turnstone.db");

        // Without this the system would end the program for a write too many, which a read-only file system does not.
        await using var server = await ServerProcess.StartAsync(
            settings,
            folder,
            words => ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh", .. words]
        );
        await using var traffic = new Traffic(server);
        await traffic.StartAsync();
        await traffic.GoesOnAsync(times: 20);

        await LimitFilesAsync(server, "0:");
        await traffic.IsRefusedAsync(
            times: 15,
            meanwhile: () =>
            {
                Assert.False(server.HasExited, server.HasExited ? server.Story : null);
                return Task.CompletedTask;
            }
        );

        // SQLite cannot tell a write that failed from one that cannot be synced: it says no more than an I/O error.
        Assert.NotEqual(0, traffic.Unknowns);
        await LimitFilesAsync(server, "unlimited:");
        await traffic.GoesOnAsync(times: 20);
        await traffic.EndAsync();
        await LeftNoTraceAsync(settings, traffic, words => words);
    }

    [Fact]
    public async Task On_a_file_system_that_is_read_only_the_start_ends_with_a_sentence()
    {
        var disk = new SmallDisk(Data, megabytes: 1);

        var ended = await ServerProcess.RunAsync(
            folder,
            await SettingsAsync($"Data Source={Data}/turnstone.db"),
            disk.StartReadOnly,
            "serve",
            "--urls",
            "http://127.0.0.1:0"
        );

        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("turnstone.db", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error + ended.Output, StringComparison.Ordinal);
    }

    /// <summary>PostgreSQL itself goes down with its log's disk, and is gone until there is room.</summary>
    [Fact]
    public async Task While_the_PostgreSQL_disk_is_full_nothing_answered_is_lost_and_afterwards_every_client_goes_on()
    {
        await using var postgres = new SmallDiskPostgres();
        await postgres.ReadyAsync();
        await using var server = await ServerProcess.StartAsync(await SettingsAsync(postgres.ConnectionString), folder);
        await using var traffic = new Traffic(server);
        await traffic.StartAsync();
        await traffic.GoesOnAsync(times: 20);

        await traffic.IsRefusedAsync(times: 5, meanwhile: postgres.FillAsync);
        Assert.Contains("No space left on device", postgres.Log, StringComparison.Ordinal);

        postgres.Free();
        await traffic.GoesOnAsync(times: 20);
        await traffic.EndAsync();

        // A commit whose answer the database could not give any more may stand: the client repeats it and goes on.
        var (sessions, refreshes) = await CountAsync(postgres.ConnectionString);
        Assert.True(sessions >= traffic.Logins, $"{sessions} sessions, {traffic.Logins} logins");
        Assert.True(refreshes >= traffic.Refreshes, $"{refreshes} rotations, {traffic.Refreshes} answers");
    }

    private string Data => System.IO.Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    // What was answered 503 left no trace: there is not one session or rotation more than the clients were told of.
    private async Task LeftNoTraceAsync(
        Dictionary<string, string> settings,
        Traffic traffic,
        Func<string[], string[]> within
    )
    {
        var copy = Path.Combine(folder, "copy.db");
        Assert.Equal(0, (await ServerProcess.RunAsync(folder, settings, within, "backup", copy)).ExitCode);
        var (sessions, refreshes) = await CountAsync($"Data Source={copy}");
        Assert.Equal(traffic.Logins, sessions);
        Assert.Equal(traffic.Refreshes, refreshes);
    }

    private static async Task LimitFilesAsync(ServerProcess server, string size)
    {
        using var prlimit = Process.Start("prlimit", ["--pid", $"{server.Id}", $"--fsize={size}"]);
        await prlimit.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, prlimit.ExitCode);
    }

    // So many logins of one key, and no early refusal, so that the test is about the disk.
    private async Task<Dictionary<string, string>> SettingsAsync(string database) =>
        new()
        {
            ["ConnectionStrings:Turnstone"] = database,
            ["Turnstone:MasterKey"] = "dGhlIGtleSBvZiB0aGUgZnVsbCBkaXNrLCAzMiBieXQ=",
            ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder),
            ["Turnstone:Limits:LoginsPerApiKey:Count"] = "1000000",
            ["Turnstone:Limits:RequestsPerCredential:Count"] = "1000000",
            ["Turnstone:Contracts:SessionV3:EarlyRefresh"] = "Allow",
        };

    /// <summary>
    /// How many sessions there are, each with the record of its login, and how often they were refreshed.
    /// </summary>
    private static async Task<(int Sessions, long Refreshes)> CountAsync(string connectionString)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var store = Store.Open(
            new StoreOptions { ConnectionString = connectionString },
            TimeProvider.System,
            RandomSource.System
        );
        var logins = await store.Audit.ReadAsync(
            new AuditQuery { Event = AuditEvent.Login, Limit = int.MaxValue },
            cancel
        );
        var sessions = await store.Sessions.ListAsync(
            SessionHolder.Account(logins[0].AccountId!.Value),
            int.MaxValue,
            cancel
        );
        Assert.Equal(
            sessions.Select(session => session.Id).ToHashSet(),
            logins.Select(login => login.SessionId!.Value).ToHashSet()
        );
        return (sessions.Count, sessions.Sum(session => (long)session.Generation));
    }
}

namespace Turnstone.Clients.Tests.Stores;

/// <summary>
/// A disk that is full at any step of a save (ENOSPC): nobody gets a token that is not stored, the set that is stored
/// stays whole, and when there is room the session goes on.
/// </summary>
public sealed class FullDiskTests(RealServer server) : SaveStepsTests(server)
{
    // What the system may answer so where there is no room.
    private static readonly string[] Writing =
    [
        "openat",
        "write",
        "pwrite64",
        "writev",
        "pwritev",
        "fallocate",
        "ftruncate",
        "fsync",
        "fdatasync",
        "rename",
        "renameat",
        "renameat2",
    ];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Whichever_step_of_a_save_finds_no_room_nobody_gets_a_token_that_is_not_stored(string client)
    {
        var session = await BeginAsync(client);
        var refused = 0;
        foreach (var (call, number) in (await StepsAsync()).Where(step => Writing.Contains(step.Call)))
        {
            refused += await IsRefusedAsync(call, number) ? 1 : 0;
            Assert.Equal(session, (await ReadAsync()).Session);
        }

        // A save opens, writes, flushes and renames at least; each thread of the process counts its own calls.
        Assert.InRange(refused, 4, int.MaxValue);
        await RefreshAsync();
        Assert.Equal(session, (await ReadAsync()).Session);
    }

    /// <summary>Whether it came to this call so often that there was no room; otherwise it has refreshed.</summary>
    private async Task<bool> IsRefusedAsync(string call, int number)
    {
        var run = await InjectAsync(call, number, "error=ENOSPC");
        Assert.True(run.ExitCode == 0, $"{call} {number} {run}");
        var trace = await File.ReadAllTextAsync(TraceFile, Cancel);
        var isRefused = trace.Contains("(INJECTED)", StringComparison.Ordinal);
        var isStoreError = run.Said.Contains("\"SessionStore\"", StringComparison.Ordinal);
        Assert.True(isRefused == isStoreError && isRefused != run.HasToken, $"{call} {number} {run}");
        Assert.True(!run.HasToken || run.Said.Contains((await ReadAsync()).Access, StringComparison.Ordinal), $"{run}");
        return isRefused;
    }
}

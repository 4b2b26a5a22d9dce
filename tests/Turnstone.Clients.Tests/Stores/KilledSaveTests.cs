namespace Turnstone.Clients.Tests.Stores;

/// <summary>
/// A process that is killed (SIGKILL) before any step of a save leaves the old set or the new one, never none, and the
/// next process goes on with it.
/// </summary>
public sealed class KilledSaveTests(RealServer server) : SaveStepsTests(server)
{
    private const int Killed = 128 + 9;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Killed_before_any_step_of_a_save_a_process_leaves_the_old_set_or_the_new_one(string client)
    {
        var session = await BeginAsync(client);
        var kills = 0;
        foreach (var (call, number) in await StepsAsync())
        {
            kills += await IsKilledAsync(call, number) ? 1 : 0;
            Assert.Equal(session, (await ReadAsync()).Session);
        }

        // A refresh saves twice, and a save opens, writes, flushes and renames at least.
        Assert.InRange(kills, 8, int.MaxValue);
        await RefreshAsync();
        Assert.Equal(session, (await ReadAsync()).Session);
    }

    /// <summary>Whether it came to this call so often that it was killed; otherwise it has refreshed.</summary>
    private async Task<bool> IsKilledAsync(string call, int number)
    {
        var before = (await ReadAsync()).Refresh;
        var run = await InjectAsync(call, number, "signal=KILL");
        Assert.True(run.ExitCode == Killed || (run.ExitCode == 0 && run.HasToken), $"{run}");
        Assert.True(run.ExitCode == Killed || (await ReadAsync()).Refresh != before, $"{call} {number}");
        return run.ExitCode == Killed;
    }
}

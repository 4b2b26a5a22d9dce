namespace Turnstone.Clients.Tests.Locks;

/// <summary>
/// A lock may be lost while it is held: a process that slept, a lease of another host that ran out. Then a write says
/// no, and the session begins again with what is stored by then.
/// </summary>
public sealed class LockLostTests
{
    private const int Tries = 10;

    public static TheoryData<string> Clients => new("dotnet", "python", "typescript");

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_session_whose_write_is_too_late_reads_again_and_sends_the_same_key(string client)
    {
        var once = (await ReportAsync(client)).Once;
        Assert.Equal(3, once.Keys.Count);
        Assert.NotNull(once.Keys[1]);
        Assert.NotEqual(once.Keys[0], once.Keys[1]);
        Assert.Equal(once.Keys[1], once.Keys[2]);
        Assert.Equal(("access-3", true), (once.Token, once.Same));
        Assert.Equal(3, once.Locks);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_session_that_loses_its_lock_each_time_says_so_after_ten_tries_and_asks_nobody(string client)
    {
        var always = (await ReportAsync(client)).Always;
        Assert.Equal("SessionStore", always.Error.Replace("Exception", "Error", StringComparison.Ordinal)[..^5]);
        Assert.Equal(Tries, always.Locks);
        Assert.Empty(always.Keys);
    }

    private static Task<LostReport> ReportAsync(string client) =>
        client switch
        {
            "python" => Script.RunAsync<LostReport>("python3", "Locks/lost.py"),
            "typescript" => Script.RunAsync<LostReport>("node", "Locks/lost.mjs"),
            _ => NetLost.MakeAsync(),
        };
}

namespace Turnstone.Server.Tests.CommandLine;

/// <summary>Many shells, and shells that are killed.</summary>
public sealed class ManyProcessesTests
{
    [Fact]
    public async Task Ten_shells_at_once_cause_one_refresh()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/auth/v2");
        var before = (await home.RunAsync("token")).Output;
        await home.ExpireAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => home.RunAsync("token")));

        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.Error));
        Assert.Single(results.Select(result => result.Output).Distinct());
        Assert.Equal(1u, Assert.Single(await server.SessionsAsync()).Generation);
        Assert.NotEqual(before, (await home.RunAsync("token")).Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_shell_that_is_killed_while_it_refreshes_loses_nothing(bool after)
    {
        var gate = new AnswerGate("/auth/v2/refresh", after);
        await using var server = await CliServer.StartAsync(gate);
        using var home = new CliHome();
        await server.LoginAsync(home, "/auth/v2");
        await home.ExpireAsync();

        using var killed = home.Start("token");
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        killed.Kill();
        await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        gate.Open();

        var next = await home.RunAsync("token");
        Assert.True(next.ExitCode == 0, next.Error);
        Assert.Equal(1u, Assert.Single(await server.SessionsAsync()).Generation);
        Assert.Equal(0, (await home.RunAsync("refresh")).ExitCode);
        Assert.Equal(2u, Assert.Single(await server.SessionsAsync()).Generation);
    }
}

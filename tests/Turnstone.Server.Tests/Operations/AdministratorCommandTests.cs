namespace Turnstone.Server.Tests.Operations;

public sealed class AdministratorCommandTests : IAsyncLifetime
{
    private readonly string folder = ServerProcess.NewFolder();

    [Fact]
    public async Task The_operator_makes_an_administrator_and_the_last_one_stays()
    {
        var file = Path.Combine(folder, "accounts.json");
        await File.WriteAllTextAsync(
            file,
            """{ "accounts": [{ "email": "first@example.test" }, { "email": "second@example.test" }] }""",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0, (await RunAsync("apply", file)).ExitCode);

        Assert.Contains(
            "is now an administrator",
            (await RunAsync("administrator", "First@example.test")).Output,
            StringComparison.Ordinal
        );
        var last = await RunAsync("administrator", "first@example.test", "--revoke");
        Assert.Equal(3, last.ExitCode);
        Assert.Contains("only administrator", last.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync("administrator", "second@example.test")).ExitCode);
        Assert.Contains(
            "no longer an administrator",
            (await RunAsync("administrator", "first@example.test", "--revoke")).Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "was not an administrator",
            (await RunAsync("administrator", "first@example.test", "--revoke")).Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_does_not_take_the_right_from_the_last_administrator()
    {
        var file = Path.Combine(folder, "accounts.json");
        await File.WriteAllTextAsync(
            file,
            """{ "accounts": [{ "email": "first@example.test", "administrator": true }] }""",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0, (await RunAsync("apply", file)).ExitCode);
        await File.WriteAllTextAsync(
            file,
            """{ "accounts": [{ "email": "first@example.test", "administrator": false }] }""",
            TestContext.Current.CancellationToken
        );

        var refused = await RunAsync("apply", file);

        Assert.Equal(65, refused.ExitCode);
        Assert.Contains("$.accounts[0].administrator", refused.Error, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync() => await ServerProcess.InitAsync(folder);

    public ValueTask DisposeAsync()
    {
        System.IO.Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private Task<CommandResult> RunAsync(params string[] words) => InProcess.RunAsync(folder, null, words);
}

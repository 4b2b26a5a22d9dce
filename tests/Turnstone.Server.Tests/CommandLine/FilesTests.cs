namespace Turnstone.Server.Tests.CommandLine;

/// <summary>What lies on the disk: where, with which rights, and what of it is secret.</summary>
public sealed class FilesTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Sessions_and_secrets_are_for_their_owner_and_lie_where_XDG_wants_them()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/auth/v2", "--keep");

        var secrets = Path.Combine(home.State, "secrets", "default.json");
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(home.Session()));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(secrets));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(home.Config, "profiles.json")));
        Assert.Equal(
            OwnerOnly | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(home.Session())!)
        );
        Assert.Contains(Known.Password, await ReadAsync(secrets), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Known.Password,
            await ReadAsync(Path.Combine(home.Config, "profiles.json")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_password_is_kept_only_where_that_is_asked_for()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/auth/v2");

        foreach (var file in System.IO.Directory.GetFiles(home.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(Known.Password, await ReadAsync(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task With_a_kept_key_a_new_session_begins_when_one_has_ended()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3", "--keep");
        await EndAllAsync(server);
        await home.ExpireAsync();

        Assert.Equal(0, (await home.RunAsync("token")).ExitCode);
        Assert.Single(await server.SessionsAsync());
    }

    [Fact]
    public async Task Without_one_the_end_is_told_and_why_tells_more()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3");
        await EndAllAsync(server);
        await home.ExpireAsync();

        var over = await home.RunAsync("token");
        Assert.Equal((4, ""), (over.ExitCode, over.Output));
        Assert.StartsWith("turnstone: The session is over.", over.Error, StringComparison.Ordinal);
        var why = await home.RunAsync("why");
        Assert.Equal(6, why.ExitCode);
        Assert.Contains("whoever runs the service ended it", why.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_is_enough_where_a_profile_names_the_server()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        home.Variables["TURNSTONE_API_KEY"] = Known.ApiKey;
        home.Variables["TURNSTONE_SERVER"] = server.Url();
        home.Variables["TURNSTONE_PROFILE"] = "ci";
        Assert.Equal(0, (await home.RunAsync("login")).ExitCode);
        Assert.Equal(0, (await home.RunAsync("logout")).ExitCode);

        Assert.Equal(0, (await home.RunAsync("token")).ExitCode);
        Assert.True(File.Exists(home.Session("ci")));
    }

    [Fact]
    public async Task Profiles_stand_beside_each_other()
    {
        await using var server = await CliServer.StartAsync();
        using var home = new CliHome();
        await server.LoginAsync(home, "/v3", "--profile", "keys");
        await server.LoginAsync(home, "/auth/v2", "-p", "people");
        Assert.NotEqual((await home.RunAsync("token", "-p", "keys")).Output, (await home.RunAsync("token")).Output);

        Assert.Equal("keys is the current profile now.\n", (await home.RunAsync("profiles", "use", "keys")).Output);
        var list = (await home.RunAsync("profiles")).Output.Split('\n');
        Assert.Matches(@"^\* keys +/v3 .* session: open$", list[0]);
        Assert.Matches(@"^  people +/auth/v2 ", list[1]);
        Assert.Equal(0, (await home.RunAsync("profiles", "remove", "keys")).ExitCode);
        Assert.False(File.Exists(home.Session("keys")));
        Assert.Equal(3, (await home.RunAsync("token", "-p", "keys")).ExitCode);
    }

    [Fact]
    public async Task A_login_at_another_server_replaces_the_session_of_the_first()
    {
        await using var first = await CliServer.StartAsync();
        await using var second = await CliServer.StartAsync();
        using var home = new CliHome();
        await first.LoginAsync(home, "/v3");

        Assert.Equal(0, (await second.LoginAsync(home, "/v3")).ExitCode);
        Assert.Equal(0, (await home.RunAsync("validate")).ExitCode);
    }

    private static async Task EndAllAsync(TurnstoneServer server)
    {
        foreach (var session in await server.SessionsAsync())
        {
            await server.EndAsync(session);
        }
    }

    private static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
}

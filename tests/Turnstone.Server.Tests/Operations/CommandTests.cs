using System.Text.Json.Nodes;
using Turnstone.Nodes.Cluster;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Operations;

public sealed class CommandTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    [Theory]
    [InlineData("revoke")]
    [InlineData("keys", "list")]
    public async Task A_command_explains_itself_and_leaves_nothing_behind(params string[] command)
    {
        var help = await RunAsync([.. command, "--help"]);
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Usage:", help.Output, StringComparison.Ordinal);
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("--frobnicate")]
    [InlineData("apply")]
    [InlineData("keys", "rotate", "--algorithm", "HS256")]
    [InlineData("revoke")]
    [InlineData("revoke", "--client", "a", "--account", "b")]
    [InlineData("code", "--account", "a@example.test", "--contract", "other")]
    [InlineData("administrator")]
    [InlineData("account")]
    [InlineData("account", "erase")]
    [InlineData("session", "list")]
    [InlineData("session", "list", "--account", "a@example.test", "--client", "shop")]
    [InlineData("audit", "--event", "Nothing")]
    [InlineData("api-key", "revoke", "no-id")]
    [InlineData("account", "list", "--limit", "0")]
    [InlineData("subscription", "resume")]
    public async Task What_is_not_understood_is_answered_with_help_and_code_2(params string[] words)
    {
        var refused = await RunAsync(words);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Usage:", refused.Output, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Error.Trim());
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
    }

    [Theory]
    [InlineData("revoke", "--account", "nobody@example.test")]
    [InlineData("revoke", "--client", "nobody")]
    [InlineData("revoke", "--session", "AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("keys", "retire", "none")]
    [InlineData("code", "--account", "nobody@example.test")]
    [InlineData("administrator", "nobody@example.test")]
    [InlineData("revoke", "--product", "none")]
    [InlineData("account", "disable", "nobody@example.test")]
    [InlineData("account", "erase", "nobody@example.test")]
    [InlineData("client", "disable", "nobody")]
    [InlineData("api-key", "list", "--account", "nobody@example.test")]
    [InlineData("api-key", "revoke", "0199d3a0-0000-7000-8000-000000000000")]
    [InlineData("session", "list", "--client", "nobody")]
    [InlineData("subscription", "resume", "--product", "none")]
    [InlineData("audit", "--account", "nobody@example.test")]
    public async Task What_is_not_there_is_answered_with_code_3(params string[] words)
    {
        await ServerProcess.InitAsync(folder);
        var refused = await RunAsync(words);
        Assert.Equal(3, refused.ExitCode);
        Assert.StartsWith("turnstone-server: ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_the_session_of_a_programs_tokens_the_operator_is_told_how_to_end_it()
    {
        await ServerProcess.InitAsync(folder);
        Assert.Equal(0, (await RunAsync("apply", await ProvisioningText.WriteAsync(folder))).ExitCode);

        var refused = await RunAsync("revoke", "--session", Sessions.ClientCredentialsSession.Of("shop").ToString());

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("--client shop", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_store_needs_no_migration()
    {
        await ServerProcess.InitAsync(folder);
        Assert.Equal(0, (int)JsonNode.Parse((await RunAsync("migrate", "--json")).Output)!["applied"]!);
    }

    [Fact]
    public async Task Rotating_publishes_a_key_that_waits_and_retiring_the_one_that_signs_lets_it_sign()
    {
        await using var server = await InProcess.ServeAsync(folder);
        var signing = (await KeysAsync()).Single(key => Is(key, "ES256", "signs"))!;
        Assert.Equal(0, (await RunAsync("keys", "rotate", "--algorithm", "ES256")).ExitCode);
        var waiting = (await KeysAsync()).Single(key => Is(key, "ES256", "waiting"))!;
        await Until.HoldsAsync(
            async () => (await JwksAsync(server)).Contains((string)waiting["kid"]!, StringComparison.Ordinal),
            "the new key is published"
        );

        Assert.Equal(0, (await RunAsync("keys", "retire", (string)signing["kid"]!)).ExitCode);
        var after = await KeysAsync();
        Assert.Equal((string)waiting["kid"]!, (string)after.Single(key => Is(key, "ES256", "signs"))!["kid"]!);
        await Until.HoldsAsync(
            async () => !(await JwksAsync(server)).Contains((string)signing["kid"]!, StringComparison.Ordinal),
            "the retired key is gone"
        );
    }

    [Fact]
    public async Task A_backup_of_a_running_server_holds_what_it_held_and_is_its_owners_alone()
    {
        await using var server = await InProcess.ServeAsync(folder);
        var copy = Path.Combine(folder, "copy.db");
        Assert.Equal(0, (await RunAsync("backup", copy)).ExitCode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(copy));
        Assert.Equal(1, (await RunAsync("backup", copy)).ExitCode);

        var restored = ServerProcess.NewFolder();
        System.IO.Directory.CreateDirectory(
            Path.Combine(restored, "data"),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        File.Copy(copy, Path.Combine(restored, "data", "turnstone.db"));
        File.Copy(Path.Combine(folder, "data", "master.key"), Path.Combine(restored, "data", "master.key"));
        var before = await RunAsync("keys", "list", "--json");
        var after = await InProcess.RunAsync(restored, null, "keys", "list", "--json");
        Assert.Equal(before.Output, after.Output);
        System.IO.Directory.Delete(restored, recursive: true);
    }

    [Fact]
    public async Task A_code_minted_beside_a_running_server_is_good_once()
    {
        await using var server = await InProcess.ServeAsync(folder);
        await Until.HoldsAsync(
            () => server.Output.Contains("/oauth2/token -u", StringComparison.Ordinal),
            "the demo customer is there"
        );
        var minted = await RunAsync("code", "--account", "demo@example.test");
        Assert.Matches("^[A-Za-z0-9._-]+\n$", minted.Output);
        Assert.Empty(minted.Error);
        var path = new Uri($"/auth/v1/token?code={minted.Output.Trim()}", UriKind.Relative);
        using var first = await server.Http.GetAsync(path, TestContext.Current.CancellationToken);
        using var second = await server.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal((200, 400), ((int)first.StatusCode, (int)second.StatusCode));
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private Task<CommandResult> RunAsync(params string[] words) => InProcess.RunAsync(folder, null, words);

    private async Task<JsonArray> KeysAsync() =>
        JsonNode.Parse((await RunAsync("keys", "list", "--json")).Output)!.AsArray();

    private static Task<string> JwksAsync(InProcess server) =>
        server.Http.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative));

    private static bool Is(JsonNode? key, string algorithm, string state) =>
        (string)key!["algorithm"]! == algorithm && (string)key["state"]! == state;
}

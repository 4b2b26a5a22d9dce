using System.Text.RegularExpressions;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Server.Tests.Operations;

public sealed partial class FirstStartTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task An_empty_folder_gets_a_database_and_a_master_key_that_only_their_owner_can_read()
    {
        await using var server = await InProcess.ServeAsync();
        var data = Path.Combine(server.Folder, "data");
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(data, "turnstone.db")));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(data, "master.key")));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(data));
        Assert.Equal(
            32,
            Convert
                .FromBase64String(
                    (
                        await File.ReadAllTextAsync(
                            Path.Combine(data, "master.key"),
                            TestContext.Current.CancellationToken
                        )
                    ).Trim()
                )
                .Length
        );
    }

    [Fact]
    public async Task A_newcomer_gets_a_token_in_each_contract_by_pasting_what_the_first_start_prints()
    {
        await using var server = await ServerProcess.StartAsync();
        var lines = await CurlLinesAsync(server);
        Assert.Equal(5, lines.Count);
        var variables = string.Join('\n', VariableLine().Matches(server.Output).Select(match => match.Value.Trim()));
        foreach (var line in lines)
        {
            var answer = await ShellAsync(server.Folder, $"{variables}\n{line}");
            Assert.True(AccessToken().IsMatch(answer), $"{line} answered {answer}");
        }
    }

    [Fact]
    public async Task The_guides_show_the_demo_account_its_demo_client()
    {
        await using var server = await ServerProcess.StartAsync();
        await CurlLinesAsync(server);
        using var visitor = new Portal.Visitor(server.Http.BaseAddress!);
        using var entered = await visitor.SendAsync(
            "/portal/sign-in",
            null,
            ("Email", "demo@example.test"),
            ("Password", Password().Match(server.Output).Value)
        );

        var guide = await visitor.PageAsync("/portal/guides/getting-started");

        Assert.DoesNotContain("your-client", guide, StringComparison.Ordinal);
        Assert.Contains("CLIENT_ID=&#x27;demo&#x27;", guide, StringComparison.Ordinal);
        Assert.Contains(
            "/portal/applications/demo",
            await visitor.PageAsync("/portal/applications"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_second_start_says_where_it_stands_and_shows_no_secret_again()
    {
        var folder = ServerProcess.NewFolder();
        string[] secrets;
        await using (var first = await ServerProcess.StartAsync(folder: folder))
        {
            _ = await CurlLinesAsync(first);
            secrets = [.. Secret().Matches(first.Output).Select(match => match.Value)];
            Assert.Equal(0, await first.StopAsync());
        }

        Assert.NotEmpty(secrets);
        await using (var second = await ServerProcess.StartAsync(folder: folder))
        {
            await Until.HoldsAsync(
                () => second.Output.Contains("were shown at the first start", StringComparison.Ordinal),
                "the second start says where it stands"
            );
            Assert.Contains("turnstone.db", second.Output, StringComparison.Ordinal);
            Assert.Equal(4, secrets.Length);
            Assert.DoesNotContain(secrets, secret => second.Output.Contains(secret, StringComparison.Ordinal));
            Assert.Contains("account link demo@example.test", second.Output, StringComparison.Ordinal);
        }

        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_first_start_on_a_taken_address_says_so_and_the_next_one_still_shows_the_secrets()
    {
        await using var other = await ServerProcess.StartAsync();
        var folder = ServerProcess.NewFolder();
        var refused = await InProcess.RunAsync(folder, null, "--urls", other.Http.BaseAddress!.ToString());
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("choose another address with --urls", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output + refused.Error, StringComparison.Ordinal);
        await using (var again = await ServerProcess.StartAsync(folder: folder))
        {
            Assert.Equal(5, (await CurlLinesAsync(again)).Count);
        }

        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Production_makes_no_demo_data()
    {
        await using var server = await ServerProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["Turnstone:Issuer"] = "https://id.example.test",
            }
        );
        var code = await InProcess.RunAsync(
            server.Folder,
            new Dictionary<string, string> { ["Turnstone:Issuer"] = "https://id.example.test" },
            "code",
            "--account",
            "demo@example.test"
        );
        Assert.Equal(3, code.ExitCode);
        Assert.DoesNotContain("demo", server.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Nothing_is_left_behind_by_a_start_that_was_refused()
    {
        var folder = ServerProcess.NewFolder();
        var refused = await InProcess.RunAsync(
            folder,
            new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = "Production" }
        );
        Assert.Equal(78, refused.ExitCode);
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
        System.IO.Directory.Delete(folder);
    }

    private static async Task<List<string>> CurlLinesAsync(ServerProcess server)
    {
        await Until.HoldsAsync(
            () =>
                server.Output.Contains("# /oauth2", StringComparison.Ordinal)
                && server.Output.Contains("client_credentials", StringComparison.Ordinal),
            "the first start shows its calls"
        );
        return
        [
            .. server
                .Output.Split('\n')
                .Select(line => line.Trim())
                .Where(line => line.StartsWith("curl ", StringComparison.Ordinal)),
        ];
    }

    private static async Task<string> ShellAsync(string folder, string line)
    {
        using var shell = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", line])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
            }
        )!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return output;
    }

    [GeneratedRegex(@"""(token|access_token)"":\s*""eyJ[\w-]+\.[\w-]+\.[\w-]+""")]
    private static partial Regex AccessToken();

    [GeneratedRegex(@"(?<=PASSWORD=')[\w-]{20,}")]
    private static partial Regex Password();

    [GeneratedRegex("^ +[A-Z_]+='[^']*'", RegexOptions.Multiline)]
    private static partial Regex VariableLine();

    [GeneratedRegex(@"tsk_\w{39}|tss_\w{39}|(?<=PASSWORD=')[\w-]{20,}|(?<= KEY=')\w{32}")]
    private static partial Regex Secret();
}

using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Tests.Settings;

/// <summary>
/// Settings that no server may run on: each start ends with the code for it and one sentence that names the setting.
/// </summary>
public sealed class RefusedStartTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    [Theory]
    [InlineData("Turnstone:Issuer is missing")]
    [InlineData("begin with https", "Turnstone:Issuer=http://id.example.test")]
    [InlineData("absolute URL", "Turnstone:Issuer=id.example.test")]
    [InlineData("absolute URL", "Turnstone:Issuer=https://user@id.example.test")]
    [InlineData("Turnstone:MasterKey is missing", "ConnectionStrings:Turnstone=Host=127.0.0.1;Password=hidden")]
    [InlineData("base64 of 32 bytes", "Turnstone:MasterKey=c2hvcnQ=")]
    [InlineData(
        "two keys that are the same",
        "Turnstone:MasterKey=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "Turnstone:PreviousMasterKeys:0=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    )]
    [InlineData("ConnectionStrings:Turnstone cannot be read", "ConnectionStrings:Turnstone=Server=hidden")]
    [InlineData("Turnstone:Keys:RotationDays is 1: give it a number from 2", "Turnstone:Keys:RotationDays=1")]
    [InlineData("AccessTokenSeconds is 7776001", "Turnstone:Contracts:AuthV2:AccessTokenSeconds=7776001")]
    [InlineData("one of Allow, Reject, Current", "Turnstone:Contracts:AuthV2:EarlyRefresh=maybe")]
    [InlineData("give it a whole number", "Turnstone:Contracts:OAuth2:RetryWindowSeconds=soon")]
    [InlineData("Turnstone:Isuer is not a setting", "Turnstone:Isuer=https://id.example.test")]
    [InlineData("Turnstone:Contracts:AuthV3 is not a setting", "Turnstone:Contracts:AuthV3:AccessTokenSeconds=60")]
    [InlineData("Turnstone:Proxies:Trusted holds \"proxy\"", "Turnstone:Proxies:Trusted:0=proxy")]
    [InlineData("Turnstone:Portal:Scopes holds \"two words\"", "Turnstone:Portal:Scopes:0=two words")]
    [InlineData("Turnstone:Scopes holds \"two words\"", "Turnstone:Scopes:0=two words")]
    [InlineData(
        "Turnstone:AccountScopes holds \"individual.read\", which is no scope of this server",
        "Turnstone:AccountScopes:0=individual.read"
    )]
    [InlineData("Turnstone:Telemetry:Endpoint", "Turnstone:Telemetry:Endpoint=collector")]
    [InlineData("Turnstone:Telemetry:Metrics", "Turnstone:Telemetry:Metrics=9464")]
    [InlineData("Turnstone:Telemetry:Metrics", "Turnstone:Telemetry:Metrics=http://id.example.test:9464")]
    [InlineData("Turnstone:Telemetry:Metrics", "Turnstone:Telemetry:Metrics=http://127.0.0.1:9464/metrics")]
    [InlineData("Turnstone:Provision names \"missing.json\", which does not exist", "Turnstone:Provision=missing.json")]
    [InlineData("Turnstone:Mail:From is missing", "Turnstone:Mail:Host=127.0.0.1")]
    [InlineData(
        "Turnstone:Mail:Password would be sent unencrypted",
        "Turnstone:Mail:Security=None",
        "Turnstone:Mail:Password=hidden"
    )]
    [InlineData(
        "Turnstone:Portal:SignUp has a value \"perhaps\" that cannot be read: give it true or false",
        "Turnstone:Portal:SignUp=perhaps"
    )]
    [InlineData("begins with mailto: or https:", "Turnstone:SecurityContact=security@example.test")]
    [InlineData("begins with mailto: or https:", "Turnstone:SecurityContact=mailto:a@example.test Contact: b")]
    [InlineData("the embedded database has no standby", "Turnstone:Store:RequireReplication=true")]
    [InlineData("Sunset is before", "Turnstone:Contracts:AuthV1:Sunset=2020-01-01T00:00:00Z")]
    public async Task Production_refuses(string sentence, params string[] settings)
    {
        var refused = await InProcess.RunAsync(folder, Production(settings));
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains(sentence, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("c2hvcnQ", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }

    /// <summary>Everyone on a machine sees the words that a process was started with.</summary>
    [Theory]
    [InlineData("Turnstone:MasterKey", "--Turnstone:MasterKey=hidden")]
    [InlineData("Turnstone:MasterKey", "--turnstone:masterkey", "hidden")]
    [InlineData("Turnstone:MasterKey", "--MasterKey=hidden")]
    [InlineData("Turnstone:PreviousMasterKeys", "serve", "--Turnstone:PreviousMasterKeys:0=hidden")]
    [InlineData("Turnstone:Mail:Password", "migrate", "--Turnstone:Mail:Password=hidden")]
    public async Task A_secret_on_the_command_line_is_refused(string setting, params string[] words)
    {
        var refused = await InProcess.RunAsync(folder, null, words);
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains($"{setting} is on the command line, which everyone", refused.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"set it in the environment ({setting.Replace(":", "__", StringComparison.Ordinal)}=",
            refused.Error,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("hidden", refused.Output + refused.Error, StringComparison.Ordinal);
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(300)]
    [InlineData(511)]
    public async Task Too_few_open_files_are_refused_with_a_sentence(int files)
    {
        var refused = await ServerProcess.RunAsync(
            folder,
            null,
            words => ["sh", "-c", $"ulimit -n {files}; exec \"$0\" \"$@\"", .. words],
            "serve"
        );
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains($"may open {files} files and needs 512", refused.Error, StringComparison.Ordinal);
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        var refused = await ServerProcess.RunAsync(
            folder,
            Production("Turnstone:Keys:RotationDays=1", "Turnstone:CodeSeconds=0", "Turnstone:Isuer=x")
        );
        Assert.Equal(4, refused.Error.Split('\n').Count(line => line.StartsWith("  - ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_master_key_file_that_others_can_read_is_refused()
    {
        await ServerProcess.InitAsync(folder);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var refused = await InProcess.RunAsync(folder, null, "keys", "list");
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("chmod 600", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_whose_master_key_is_gone_gets_no_new_one()
    {
        await ServerProcess.InitAsync(folder);
        File.Delete(KeyFile);
        var refused = await InProcess.RunAsync(folder, null);
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("restore the key", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyFile));
    }

    [Fact]
    public async Task A_provisioning_file_that_others_can_read_is_refused_in_production()
    {
        var file = Path.Combine(folder, "provision.json");
        await File.WriteAllTextAsync(file, "{}", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var refused = await InProcess.RunAsync(
            folder,
            Production("Turnstone:Issuer=https://id.example.test", $"Turnstone:Provision={file}")
        );
        Assert.Equal(78, refused.ExitCode);
        Assert.Contains("chmod 600", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_product_with_a_scope_that_is_none_of_the_servers_is_refused()
    {
        var file = Path.Combine(folder, "provision.json");
        await File.WriteAllTextAsync(
            file,
            """{"products":[{"name":"payments","scopes":["payments.read"]}]}""",
            TestContext.Current.CancellationToken
        );
        Dictionary<string, string> knowing = new() { ["Turnstone:Scopes:0"] = "payments.read=Read payments" };
        await ServerProcess.InitAsync(folder);
        Assert.Equal(0, (await InProcess.RunAsync(folder, knowing, "apply", file)).ExitCode);

        var refused = await InProcess.RunAsync(folder, null);

        Assert.Equal(78, refused.ExitCode);
        Assert.Contains(
            "The product \"payments\" has the scope payments.read, which is no scope of this server: "
                + "add it to Turnstone:Scopes",
            refused.Error,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private string KeyFile => Path.Combine(folder, "data", "master.key");

    private static Dictionary<string, string> Production(params string[] settings)
    {
        var all = new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = "Production" };
        foreach (var setting in settings)
        {
            var parts = setting.Split('=', 2);
            all[parts[0]] = parts[1];
        }

        return all;
    }
}

using Microsoft.Extensions.Configuration;
using Npgsql;
using Turnstone.Server.Contracts;
using Turnstone.Server.Settings;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// The files that docs/operations.md hands to other programs, and its blocks that no server runs, each given to the
/// program that it is for.
/// </summary>
public sealed class DeployedFilesTests : IDisposable
{
    private readonly PastedShell shell = new();

    [Fact]
    public Task Systemd_takes_the_unit()
    {
        shell.Replace("/opt/turnstone/turnstone-server", "/bin/true");
        shell.Replace("/etc/turnstone.env", "/dev/null");
        Copy("deploy/turnstone.service");
        return shell.SucceedsAsync("systemd-analyze verify ./turnstone.service");
    }

    [Fact]
    public async Task Nginx_takes_its_file()
    {
        shell.Replace("/etc/ssl/turnstone/", $"{shell.Machine}/");
        shell.Replace("/var/log/nginx/", $"{shell.Machine}/");
        Copy("deploy/nginx.conf");
        await File.WriteAllTextAsync(
            shell.Of("all.conf"),
            $"pid {shell.Of("pid")}; error_log stderr; events {{}} http {{ include {shell.Of("nginx.conf")}; }}",
            TestContext.Current.CancellationToken
        );
        await shell.SucceedsAsync(
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out fullchain.pem -subj /CN=id.example.com"
        );
        await shell.SucceedsAsync($"nginx -t -p {shell.Machine} -c {shell.Of("all.conf")}");
    }

    [Fact]
    public Task HAProxy_takes_the_template()
    {
        shell.Replace("{socket}", shell.Of("admin.sock"));
        shell.Replace("{bind}", "127.0.0.1:8080");
        shell.Replace("{servers}", "  server node1 127.0.0.1:8400 check");
        Copy("bench/haproxy/haproxy.cfg.template");
        return shell.SucceedsAsync("haproxy -c -f haproxy.cfg.template");
    }

    [Fact]
    public async Task Prometheus_takes_the_block_with_the_rules()
    {
        await File.WriteAllTextAsync(
            shell.Of("prometheus.yml"),
            OperationsPage.Single("scrape_configs", "yaml"),
            TestContext.Current.CancellationToken
        );
        Copy("deploy/prometheus/turnstone.rules.yml");
        await shell.SucceedsAsync("promtool check config prometheus.yml");
    }

    [Fact]
    public void The_connection_string_names_every_machine_and_asks_for_TLS()
    {
        var line = OperationsPage.Block("ConnectionStrings__Turnstone=").Trim();
        var parsed = new NpgsqlConnectionStringBuilder(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);

        Assert.Equal(3, parsed.Host!.Split(',').Length);
        Assert.Equal(SslMode.VerifyFull, parsed.SslMode);
        Assert.Equal("/etc/turnstone/ca.pem", parsed.RootCertificate);
    }

    [Fact]
    public async Task The_settings_of_the_mail_server_are_understood()
    {
        var pasted = await shell.SucceedsAsync($"{OperationsPage.Block("Turnstone__Mail__Host").Trim()} env");
        var settings = ServerSettings.Read(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    pasted
                        .Split('\n')
                        .Where(line => line.StartsWith("Turnstone__", StringComparison.Ordinal))
                        .Select(line => line.Split('=', 2))
                        .ToDictionary(
                            pair => pair[0].Replace("__", ":", StringComparison.Ordinal),
                            pair => (string?)pair[1]
                        )
                )
                .Build(),
            new Microsoft.Extensions.Hosting.Internal.HostingEnvironment { EnvironmentName = "Development" },
            AllContracts.List
        );

        Assert.Equal(
            ("smtp.example.com", "turnstone", "no-reply@example.com"),
            (settings.Turnstone.Mail.Host, settings.Turnstone.Mail.User, settings.Turnstone.Mail.From)
        );
    }

    [Fact]
    public async Task The_command_for_a_new_master_key_makes_one()
    {
        const string Command = "openssl rand -base64 32";
        Assert.Contains($"`{Command}`", OperationsPage.Prose, StringComparison.Ordinal);

        Assert.Equal(32, Convert.FromBase64String(await shell.SucceedsAsync(Command)).Length);
    }

    public void Dispose() => shell.Dispose();

    private void Copy(string file) =>
        File.WriteAllText(
            shell.Of(Path.GetFileName(file)),
            shell.Ours(File.ReadAllText(Path.Combine(Repository.Root, file)))
        );
}

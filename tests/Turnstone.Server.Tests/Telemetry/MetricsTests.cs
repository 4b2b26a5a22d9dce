using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Operations;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Telemetry;

/// <summary>
/// What Prometheus reads of a running server, and that everything made for it asks for what is there: the dashboard,
/// the alert rules, and the table of docs/operations.md.
/// </summary>
public sealed partial class MetricsTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_metric_that_is_named_is_exported_and_none_carries_a_secret()
    {
        await using var server = await StartAsync();
        var refreshToken = await UseEverythingAsync(server);

        await Until.HoldsAsync(
            async () =>
                (await ScrapeAsync(server)).Contains("turnstone_revocation_staleness", StringComparison.Ordinal),
            "the revocation of the command is heard"
        );

        var text = await ScrapeAsync(server);
        HashSet<string> exported = [.. Sample().Matches(text).Select(sample => sample.Groups["name"].Value)];
        Assert.Empty(Named(Rules()).Except(exported));
        Assert.Empty(Named(DashboardExpressions()).Except(exported));
        Assert.DoesNotContain(OperationsNames(), name => !exported.Any(other => IsExportOf(name, other)));
        Assert.True(Named(Rules()).Count() > 10 && OperationsNames().Count > 10);
        string[] secrets = [.. ProvisioningText.GivenSecrets, ProvisioningText.Email, refreshToken];
        Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_counter_of_what_should_never_happen_is_there_at_zero_before_it_happens()
    {
        await using var server = await StartAsync();
        Assert.Equal(0, await ValueAsync(server, "turnstone_refresh_reuses_total"));
        using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        var first = await RefreshOfAsync(login);
        using var second = await server.Http.RefreshV3Async(first);
        using var third = await server.Http.RefreshV3Async(await RefreshOfAsync(second));

        using var reuse = await server.Http.RefreshV3Async(first);

        Assert.False(reuse.IsSuccessStatusCode);
        // The exporter answers scrapes of the same 300 ms alike.
        await Until.HoldsAsync(
            async () => await ValueAsync(server, "turnstone_refresh_reuses_total") == 1,
            "the reuse is counted"
        );
    }

    [Fact]
    public async Task The_public_port_does_not_serve_metrics_and_their_port_serves_nothing_else()
    {
        await using var server = await StartAsync();

        using var outside = await server.Http.GetAsync(new Uri("/metrics", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
        foreach (var path in (string[])["/", "/health/ready", "/.well-known/jwks.json", "/portal"])
        {
            using var other = await server.Http.GetAsync(new Uri(MetricsOf(server), path), Cancel);
            Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        }

        // The scrapes are not among the requests, only what asked whether the server is ready.
        await ScrapeAsync(server);
        var answered = (await ScrapeAsync(server))
            .Split('\n')
            .Where(line => line.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal))
            .Where(line => line.Contains("\"200\"", StringComparison.Ordinal));
        Assert.Contains("/health/ready", Assert.Single(answered), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_setting_nothing_listens()
    {
        await using var server = await ServerProcess.StartAsync(folder: folder);

        Assert.DoesNotContain("/metrics", server.Output, StringComparison.Ordinal);
        Assert.Matches(@"This is Turnstone \d+\.\d+\.\d+\.", server.Output);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var refused = await InProcess.RunAsync(
            folder,
            new Dictionary<string, string> { ["Turnstone:Telemetry:Metrics"] = $"http://{other.LocalEndpoint}" },
            "serve",
            "--urls",
            "http://127.0.0.1:0"
        );

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Turnstone:Telemetry:Metrics is http://127.0.0.1", refused.Error, StringComparison.Ordinal);
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    private async Task<ServerProcess> StartAsync() =>
        await ServerProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["Turnstone:Telemetry:Metrics"] = "http://127.0.0.1:0",
                ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder),
                ["Turnstone:Contracts:SessionV3:EarlyRefresh"] = "Allow",
            },
            folder
        );

    /// <summary>A password, a refresh, and a revocation by a command; answers the refresh token.</summary>
    private async Task<string> UseEverythingAsync(ServerProcess server)
    {
        using var password = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
        using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        using var refresh = await server.Http.RefreshV3Async(await RefreshOfAsync(login));
        var pair = await refresh.JsonAsync();
        var access = pair.GetProperty("access_token").GetString()!;
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(access.Split('.')[1]));
        var session = claims.RootElement.GetProperty("sid").GetString()!;
        var revoked = await InProcess.RunAsync(folder, null, "revoke", "--session", session);
        Assert.True(revoked.ExitCode == 0, revoked.Error);
        return pair.GetProperty("refresh_token").GetString()!;
    }

    private static async Task<string> RefreshOfAsync(HttpResponseMessage answer) =>
        (await answer.JsonAsync()).GetProperty("refresh_token").GetString()!;

    private static Uri MetricsOf(ServerProcess server) => new(MetricsUrl().Match(server.Output).Groups["url"].Value);

    private static async Task<string> ScrapeAsync(ServerProcess server) =>
        await server.Http.GetStringAsync(new Uri(MetricsOf(server), "/metrics"), Cancel);

    private static async Task<int> ValueAsync(ServerProcess server, string name) =>
        int.Parse(
            Regex
                .Match(await ScrapeAsync(server), $@"^{name}\{{[^}}]*\}} (\d+)", RegexOptions.Multiline)
                .Groups[1]
                .Value,
            CultureInfo.InvariantCulture
        );

    private static string Rules() => Read("deploy", "prometheus", "turnstone.rules.yml");

    private static string DashboardExpressions()
    {
        using var dashboard = JsonDocument.Parse(Read("deploy", "grafana", "turnstone.json"));
        return string.Join(
            '\n',
            dashboard
                .RootElement.GetProperty("panels")
                .EnumerateArray()
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString())
        );
    }

    /// <summary>The names of our metrics in expressions; up and absent are Prometheus' own.</summary>
    private static IEnumerable<string> Named(string expressions) =>
        Metric().Matches(expressions).Select(name => name.Value).Distinct();

    /// <summary>The names in the table of what to monitor, as the instruments are called.</summary>
    private static List<string> OperationsNames()
    {
        var section = Read("docs", "operations.md").Split("\n## ").Single(text => text.StartsWith("What to monitor"));
        return
        [
            .. Instrument()
                .Matches(section)
                .Select(name => name.Groups["name"].Value.Replace('.', '_'))
                .Where(name => name != "turnstone_*")
                .Distinct(),
        ];
    }

    // Prometheus' names end with the unit and, of a counter, with total; those of a histogram have three samples.
    private static bool IsExportOf(string name, string exported) =>
        Regex.IsMatch(exported, $"^{name}(_seconds|_bytes)?(_total|_count)?$");

    private static string Read(params string[] path) =>
        File.ReadAllText(Path.Combine([Repository.Root, .. path])).ReplaceLineEndings("\n");

    [GeneratedRegex(@"the metrics at (?<url>http://127\.0\.0\.1:\d+)/metrics")]
    private static partial Regex MetricsUrl();

    [GeneratedRegex(@"^(?<name>[a-z_]+)(\{|\s)", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"\b(turnstone_|http_server_|dotnet_|kestrel_|target_info)[a-z_]*\b(?=[\s{\[),]|$)")]
    private static partial Regex Metric();

    [GeneratedRegex(@"`(?<name>(turnstone|http|dotnet)\.[a-z._*]+)`")]
    private static partial Regex Instrument();
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.JsonWebTokens;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Operations;

namespace Turnstone.Server.Tests.Telemetry;

/// <summary>
/// Each alert fires because of what it is for: the fault is made on a running server, and Prometheus' rules are given
/// what the server said before and after, as if that happened each minute. How long a cause has to last, and that no
/// other one fires, is in AlertRulesTests.
/// </summary>
public sealed partial class AlertCausesTests : IDisposable
{
    private readonly string folder = ServerProcess.NewFolder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_that_are_used_as_they_should_fire_none_until_nobody_refreshes_any_more()
    {
        await using var server = await AlertedServer.StartAsync(folder);
        await server.RefreshAsync(await server.LogInAsync());
        var before = await server.ScrapeAsync();
        for (var session = 0; session < 20; session++)
        {
            await server.RefreshAsync(await server.RefreshAsync(await server.LogInAsync()));
        }

        var after = await CountedAsync(server, before, "turnstone_grants_total", 60);

        // How long a commit takes here is the machine's: the slow ones have a test of their own.
        Assert.Empty((await Promtool.FiringAsync(before, after)).Except(["TurnstoneCommitsSlow"]));
        Assert.Equal(["TurnstoneNoRefreshes"], await Promtool.FiringWhenItStopsAsync(before, after));
    }

    [Fact]
    public async Task Somebody_guesses_keys_and_goes_on_when_he_is_limited()
    {
        await using var server = await AlertedServer.StartAsync(
            folder,
            ("Turnstone:Limits:RefusalsPerNetwork:Count", "100")
        );
        var before = await server.ScrapeAsync();

        await ManyAsync(200, guess => server.Http.LoginV3Async($"guess {guess}"));

        await server.FiresAsync(before, "TurnstoneRefusalsDoubled", "TurnstoneLimitsDoubled");
    }

    [Fact]
    public async Task Answers_are_lost_and_asked_for_again()
    {
        await using var server = await AlertedServer.StartAsync(folder);
        var before = await server.ScrapeAsync();

        for (var lost = 0; lost < 20; lost++)
        {
            var token = await server.LogInAsync();
            using var first = await server.Http.RefreshV3Async(token, $"{lost}");
            using var again = await server.Http.RefreshV3Async(token, $"{lost}");
        }

        await server.FiresAsync(before, "TurnstoneReplaysDoubled");
    }

    [Fact]
    public async Task Replaced_tokens_come_back()
    {
        await using var server = await AlertedServer.StartAsync(folder);
        var before = await server.ScrapeAsync();

        await ReuseAsync(server);
        await server.FiresAsync(before, "TurnstoneReuse");
        for (var thief = 0; thief < 22; thief++)
        {
            await ReuseAsync(server);
        }

        await server.FiresAsync(before, "TurnstoneReuse", "TurnstoneManyReuses");
    }

    [Fact]
    public async Task Two_use_the_same_tokens()
    {
        await using var server = await AlertedServer.StartAsync(folder);
        var before = await server.ScrapeAsync();

        for (var copied = 0; copied < 23; copied++)
        {
            var token = await server.LogInAsync();
            for (var round = 0; round < 2; round++)
            {
                await server.RefreshAsync(token);
                token = await server.RefreshAsync(token);
            }
        }

        await server.FiresAsync(before, "TurnstoneSuspectedCopy", "TurnstoneManySuspectedCopies");
    }

    [Fact]
    public async Task The_database_takes_no_writes_and_then_slow_ones()
    {
        await using var server = await AlertedServer.StartAsync(folder);
        var tokens = new List<string>();
        for (var session = 0; session < 8; session++)
        {
            tokens.Add(await server.LogInAsync());
        }

        var before = await server.ScrapeAsync();
        using (await server.LockStoreAsync())
        {
            await ManyAsync(8, session => server.Http.RefreshV3Async(tokens[session], $"{session}"));
        }

        await server.FiresAsync(before, "TurnstoneErrors", "TurnstoneManyErrors");

        before = await server.ScrapeAsync();
        var held = await server.LockStoreAsync();
        var refreshes = ManyAsync(8, session => server.Http.RefreshV3Async(tokens[session], $"{session}"));
        // The length of the fault, not a wait for luck: the rules are about commits and answers of more than a second.
        await Task.Delay(TimeSpan.FromSeconds(1.3), Cancel);
        held.Dispose();
        await refreshes;

        await server.FiresAsync(before, "TurnstoneCommitsSlow", "TurnstoneCommitsVerySlow", "TurnstoneRefreshesSlow");
    }

    [Fact]
    public async Task The_store_is_an_older_copy()
    {
        string token;
        var (data, copy) = (Path.Combine(folder, "data"), Path.Combine(folder, "copy"));
        await using (var server = await AlertedServer.StartAsync(folder))
        {
            token = await server.LogInAsync();
            await server.Process.StopAsync();
        }

        await CopyAsync(data, copy);
        await using (var server = await AlertedServer.StartAsync(folder))
        {
            token = await server.RefreshAsync(await server.RefreshAsync(token));
            await server.Process.StopAsync();
        }

        System.IO.Directory.Delete(data, recursive: true);
        await CopyAsync(copy, data);
        await using (var server = await AlertedServer.StartAsync(folder))
        {
            var before = await server.ScrapeAsync();
            await server.RefreshAsync(token);
            await server.FiresAsync(before, "TurnstoneStoreForgot");
        }
    }

    [Fact]
    public async Task Somebody_alters_the_audit_log_in_the_database()
    {
        await using var server = await AlertedServer.StartAsync(folder);
        var before = await server.ScrapeAsync();

        await server.AlterAuditLogAsync();

        await server.FiresAsync(before, "TurnstoneAuditAltered");
    }

    [Fact]
    public async Task More_passwords_than_can_be_hashed()
    {
        await using var server = await AlertedServer.StartAsync(
            folder,
            ("Turnstone:Passwords:Width", "1"),
            ("Turnstone:Passwords:Queue", "300"),
            ("Turnstone:Limits:RequestsInWork", "1000"),
            ("Turnstone:Limits:PasswordsPerNetwork:Count", "10000")
        );
        var before = await server.ScrapeAsync();

        await ManyAsync(400, person => server.Http.LoginV2Async($"{person}@example.test", "not the password"));

        await server.FiresAsync(
            before,
            "TurnstonePasswordsWait",
            "TurnstonePasswordsRefused",
            "TurnstonePasswordsRefusedLong"
        );
    }

    [Fact]
    public async Task A_node_that_stood_still_hears_of_a_revocation_late_and_one_that_is_gone_says_nothing()
    {
        await using var server = await AlertedServer.StartAsync(folder);
        using var login = await server.Http.LoginV3Async(ProvisioningText.ApiKey);
        var access = (await login.JsonAsync()).GetProperty("access_token").GetString()!;
        var session = new JsonWebToken(access).GetPayloadValue<string>("sid");
        var before = await server.ScrapeAsync();
        // Not in the middle of a commit of its own: the whole store would stand still with it.
        using (await server.LockStoreAsync())
        {
            server.Process.Hold();
        }

        var revoked = await InProcess.RunAsync(folder, null, "revoke", "--session", session);
        Assert.True(revoked.ExitCode == 0, revoked.Error);
        // The length of the fault again: the rule is about more than two seconds.
        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
        server.Process.LetGoOn();
        await server.FiresAsync(before, "TurnstoneRevocationsLate", "TurnstoneRevocationsVeryLate");

        before = await server.ScrapeAsync();
        await server.Process.KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(server.ScrapeAsync);
        Assert.Equal(
            ["TurnstoneDown", "TurnstoneSilent"],
            (await Promtool.FiringAsync(before, Scrape.Nothing)).Order()
        );
    }

    /// <summary>
    /// What fires at a number of megabytes, cores, waiting changes or remembered sessions: the number is the true one.
    /// </summary>
    [Fact]
    public async Task What_a_server_says_that_it_takes_is_what_the_system_sees_it_take()
    {
        await using var server = await AlertedServer.StartAsync(folder);
        var tokens = new List<string>();
        for (var session = 0; session < 12; session++)
        {
            tokens.Add(await server.LogInAsync());
        }

        var idle = await server.ScrapeAsync();
        Assert.Equal(Environment.ProcessorCount, idle.Sum("dotnet_process_cpu_count"));
        var seen = Resident(server.Process.Id);
        Assert.InRange(idle.Sum("dotnet_process_memory_working_set_bytes"), 0.8 * seen, 1.25 * seen);

        await server.HasWrittenAsync(logins: 12);
        using (await server.LockStoreAsync())
        {
            var waiting = ManyAsync(12, session => server.Http.RefreshV3Async(tokens[session], $"{session}"));
            // One batch is on its way to the database, the others wait.
            var queue = await CountedAsync(server, idle, "turnstone_storage_queue_depth", 1);
            Assert.InRange(queue.Sum("turnstone_storage_queue_depth"), 1, 12);
            await waiting;
        }

        await ReuseAsync(server);
        var busy = await CountedAsync(server, idle, "turnstone_revocation_remembered", 1);
        Assert.True(busy.Sum("turnstone_revocation_memory_bytes") > idle.Sum("turnstone_revocation_memory_bytes"));
        Assert.InRange(
            busy.Sum("dotnet_process_cpu_time_seconds_total"),
            idle.Sum("dotnet_process_cpu_time_seconds_total"),
            Processor(server.Process.Id) + 0.1
        );
    }

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    /// <summary>The first scrape in which a metric has risen so far; two in quick succession say the same.</summary>
    private static async Task<Scrape> CountedAsync(AlertedServer server, Scrape before, string metric, int more)
    {
        var after = before;
        await Until.HoldsAsync(
            async () => (after = await server.ScrapeAsync()).Sum(metric) >= before.Sum(metric) + more,
            $"{metric} has risen by {more}"
        );
        return after;
    }

    private static async Task ManyAsync(int count, Func<int, Task<HttpResponseMessage>> ask)
    {
        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, count).Select(ask)))
        {
            answer.Dispose();
        }
    }

    private static async Task ReuseAsync(AlertedServer server)
    {
        var first = await server.LogInAsync();
        await server.RefreshAsync(await server.RefreshAsync(first));
        using var reuse = await server.Http.RefreshV3Async(first);
        Assert.Equal(HttpStatusCode.Unauthorized, reuse.StatusCode);
    }

    private static async Task CopyAsync(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", from, to]);
        await copy.WaitForExitAsync(Cancel);
    }

    private static double Resident(int process) =>
        1024
        * double.Parse(
            InKilobytes().Match(File.ReadAllText($"/proc/{process}/status")).Groups["count"].Value,
            CultureInfo.InvariantCulture
        );

    // User and system time, in hundredths of a second.
    private static double Processor(int process) =>
        File.ReadAllText($"/proc/{process}/stat")
            .Split(") ")[1]
            .Split(' ')[11..13]
            .Sum(time => double.Parse(time, CultureInfo.InvariantCulture)) / 100;

    [GeneratedRegex(@"VmRSS:\s+(?<count>\d+)")]
    private static partial Regex InKilobytes();
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Turnstone.Server.Tests.Operations;

namespace Turnstone.Server.Tests.Attacks.Fuzzing;

/// <summary>
/// Requests made by chance for every route of the route table. TURNSTONE_FUZZ_SECONDS is how long, TURNSTONE_FUZZ_SEED
/// the seed of a run that is to be repeated (CONTRIBUTING.md).
/// </summary>
public sealed class FuzzTests
{
    private const int Workers = 2;
    private const int MostFaults = 20;

    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_request_is_a_5xx_is_left_unanswered_or_leaves_a_stack_trace()
    {
        var seconds = Number("TURNSTONE_FUZZ_SECONDS") ?? 60;
        var seed = Number("TURNSTONE_FUZZ_SEED") ?? (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        TestContext.Current.SendDiagnosticMessage("Fuzzing with TURNSTONE_FUZZ_SEED={0}", seed);
        var routes = await FuzzRoute.AllAsync();
        Assert.True(routes.Count > 60, $"Only {routes.Count} routes were found.");

        var folder = ServerProcess.NewFolder();
        try
        {
            await using var server = await ServerProcess.StartAsync(await SettingsAsync(folder), folder);
            using var secrets = new FuzzSecrets(server.Http.BaseAddress!);
            await secrets.RenewAsync();
            var run = new Run(server.Http.BaseAddress!, secrets, routes, TimeSpan.FromSeconds(seconds));
            await Task.WhenAll(
                Enumerable.Range(0, Workers).Select(worker => run.WorkAsync(new Dice(seed + ((ulong)worker << 32))))
            );

            Assert.False(server.HasExited, server.Story);
            Assert.True(run.Faults.IsEmpty, $"Seed {seed}: {string.Join("\n\n", run.Faults)}\n\n{server.Story}");
            Assert.True(run.Count > 100, $"Seed {seed}: only {run.Count} requests were answered.");
            var told = server.Output.Split('\n').Where(IsFailure).Take(MostFaults).ToList();
            Assert.True(told.Count == 0, $"Seed {seed}, of {run.Count} requests: {string.Join('\n', told)}");
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"Seed {seed}: {run.Count} requests; {string.Join(", ", run.Statuses)}"
            );
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    private static ulong? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : null;

    private static bool IsFailure(string line) =>
        line.Contains(" fail: ", StringComparison.Ordinal)
        || line.Contains(" crit: ", StringComparison.Ordinal)
        || (
            line.Contains(" warn: ", StringComparison.Ordinal)
            && (
                line.Contains("Exception", StringComparison.Ordinal)
                || line.Contains("   at ", StringComparison.Ordinal)
            )
        );

    /// <summary>Limits that nobody meets, because a refused request tests nothing but its limit.</summary>
    private static async Task<Dictionary<string, string>> SettingsAsync(string folder)
    {
        var settings = new Dictionary<string, string>
        {
            ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder, Provisioned()),
            ["Turnstone:Passwords:Queue"] = "1000",
            ["Logging:LogLevel:Default"] = "Warning",
        };
        foreach (
            var limit in (string[])
                [
                    "PasswordsPerAccountAndNetwork",
                    "PasswordsPerNetwork",
                    "PasswordsBeforeSiege",
                    "RequestsPerCredential",
                    "RefusalsPerNetwork",
                    "InvalidRequestsPerNetwork",
                    "CreationsPerAccount",
                    "RevocationsPerClient",
                    "LoginsPerApiKey",
                    "EmailsPerAddress",
                    "EmailsPerNetwork",
                    "CodesPerAccountAndNetwork",
                    "CodesPerAccount",
                ]
        )
        {
            settings[$"Turnstone:Limits:{limit}:Count"] = "10000000";
        }

        return settings;
    }

    // Accounts of their own for the pages, so that a form that ends something leaves the contracts' account alone.
    private static string Provisioned() =>
        ProvisioningText.Text.Replace(
            "\"accounts\": [ {",
            $$"""
            "accounts": [
              { "email": "{{FuzzSecrets.CustomerEmail}}", "password": "{{ProvisioningText.Password}}",
                "administrator": false,
                "subscriptions": [ { "product": "starter", "state": "active" } ],
                "apiKeys": [ { "name": "own", "scopes": ["individuals.read"] } ] },
              { "email": "{{FuzzSecrets.AdministratorEmail}}", "password": "{{ProvisioningText.Password}}",
                "administrator": true },
              {
            """,
            StringComparison.Ordinal
        );

    /// <summary>One run of all workers.</summary>
    private sealed class Run(Uri server, FuzzSecrets secrets, IReadOnlyList<FuzzRoute> routes, TimeSpan length)
    {
        private readonly long started = Stopwatch.GetTimestamp();
        private readonly ConcurrentDictionary<int, int> statuses = new();
        private int renewing;
        private long renewed = Stopwatch.GetTimestamp();

        public ConcurrentQueue<string> Faults { get; } = new();

        public int Count => statuses.Values.Sum();

        public IEnumerable<string> Statuses =>
            statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}");

        public async Task WorkAsync(Dice dice)
        {
            var grammar = new FuzzGrammar(dice, server, secrets, routes);
            while (Stopwatch.GetElapsedTime(started) < length && Faults.Count < MostFaults)
            {
                await RenewAsync();
                var request = grammar.Next();
                var answer = await FuzzAnswer.OfAsync(server, request, Cancel);
                statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
                if (answer.Fault(request) is { } fault)
                {
                    Faults.Enqueue($"This {fault}:\n{request}\n{answer.Text[..Math.Min(answer.Text.Length, 400)]}");
                }
            }
        }

        private async Task RenewAsync()
        {
            if (
                Stopwatch.GetElapsedTime(Volatile.Read(ref renewed)) > RenewEvery
                && Interlocked.Exchange(ref renewing, 1) == 0
            )
            {
                await secrets.RenewAsync();
                Volatile.Write(ref renewed, Stopwatch.GetTimestamp());
                Volatile.Write(ref renewing, 0);
            }
        }
    }
}

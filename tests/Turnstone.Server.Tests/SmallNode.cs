using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Routing;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Storage;

namespace Turnstone.Server.Tests;

/// <summary>
/// The program of the contracts alone (deploy/publish contracts), where the variable names it: then the tests of the
/// contracts ask it over HTTP, on the store of the test. The server in this process stays beside it, for what a test
/// puts into the store; the program is started at its first request. Its clock is the test's, by libfaketime.
/// tests/small-node/run does it all.
/// </summary>
internal sealed class SmallNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Longer than it takes until one program on a SQLite file hears of what another has changed there.
    private static readonly TimeSpan RevocationsHeard = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan DirectoryHeard = TimeSpan.FromSeconds(6.5);

    /// <summary>What is not asked of a program apart, and why.</summary>
    private static readonly (string Test, string Reason)[] NotAsked =
    [
        ("in_a_tight_loop_waits", "Waits are counted by the machine's own clock, which libfaketime leaves alone."),
        ("Too_many_wrong_passwords_make_the_caller_wait", "The same."),
        ("Too_many_refusals_are_a_429", "The same."),
        ("So_are_too_many_forged_tokens_and_codes", "The same."),
        ("Its_keys_are_fetched_once_and_again", "The same: when keys are fetched again."),
        ("Keys_that_cannot_be_had_are_a_clear_error", "The same."),
        ("One_that_does_not_answer_costs_its_clients_a_clear_error", "The same."),
        ("What_is_wrong_with_what_it_publishes_is_named", "It looks into the memory of the server."),
        ("a_signing_key_changes_under_load", "It makes the server in this process rotate its keys."),
        ("A_signing_key_changes_under_load", "The same."),
        ("The_record_names_both", "It reads at once what a program writes behind its answers: the record."),
        ("Every_one_is_in_the_record_and_those_of_one_moment", "The same."),
        ("Its_owner_sees_who_was_let_in", "The same: who was let in."),
        ("Whom_the_person_stops_acts_for_none", "The same: who acts for a person."),
    ];

    private static int lastPort = 20_000 + Environment.ProcessId % 6_000;

    private readonly string folder;
    private readonly IReadOnlyList<string> settings;
    private readonly TimeProvider time;
    private readonly string clock;
    private readonly Lazy<Task> started;
    private readonly IDisposable hearing;
    private Process? process;
    private ProcessOutput? output;
    private DateTimeOffset shown;
    private long heardAt;

    /// <param name="folder">Where its store is.</param>
    /// <param name="settings">Its settings, <c>Name=value</c> each.</param>
    /// <param name="time">The clock of the test.</param>
    /// <param name="changes">What the server in this process changes.</param>
    public SmallNode(string folder, IReadOnlyList<string> settings, TimeProvider time, IStoreChanges changes)
    {
        (this.folder, this.settings, this.time) = (folder, settings, time);
        started = new Lazy<Task>(StartAsync);
        hearing = changes.Subscribe(OnChange);
        Address = new Uri($"http://127.0.0.1:{OwnPort()}");
        clock = Path.Combine(folder, $"clock-{Address.Port}");
    }

    public static string? Program { get; } = Environment.GetEnvironmentVariable("TURNSTONE_TEST_NODE");

    public static bool IsAsked => Program is not null;

    public Uri Address { get; }

    /// <summary>What it wrote, if it has ended.</summary>
    public string? End => process is { HasExited: true } ? output!.Text : null;

    private static string? Faketime { get; } = Environment.GetEnvironmentVariable("TURNSTONE_TEST_FAKETIME");

    /// <summary>Skips what is not about a program as it is published.</summary>
    public static void SkipUnlessPublished(Action<IEndpointRouteBuilder> map, bool changed)
    {
        if (IsAsked && (changed || map.Method != ((Action<IEndpointRouteBuilder>)AllContracts.MapAll).Method))
        {
            Assert.Skip("It is about a server that is put together in another way.");
        }
    }

    /// <summary>It runs, has heard of what the test changed, and its clock stands at the test's.</summary>
    public async Task ReadyAsync()
    {
        var name = TestContext.Current.TestMethod?.MethodName ?? "";
        if (NotAsked.FirstOrDefault(one => name.Contains(one.Test, StringComparison.Ordinal)) is { Reason: { } why })
        {
            Assert.Skip(why);
        }

        Show(time.GetUtcNow());
        await started.Value;
        var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), Interlocked.Read(ref heardAt));
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        hearing.Dispose();
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process?.Dispose();
    }

    // Below those that the system lends: between its choice and the start of the program nobody else is given it.
    private static int OwnPort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref lastPort);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it: the next one.
            }
        }
    }

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo(Program!, ["--urls", $"{Address}"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var setting in settings)
        {
            var parts = setting.Split('=', 2);
            start.Environment[parts[0].Replace(":", "__", StringComparison.Ordinal)] = parts[1];
        }

        start.Environment.TryAdd("Turnstone__Storage__Journal", $"{clock}.journal");
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["TZ"] = "UTC";
        start.Environment["LD_PRELOAD"] = Faketime;
        start.Environment["FAKETIME_TIMESTAMP_FILE"] = clock;
        start.Environment["FAKETIME_NO_CACHE"] = "1";
        start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        process = Process.Start(start)!;
        output = new ProcessOutput(process);
        await Until.HoldsAsync(
            () => process.HasExited || ServerProcess.Listening().IsMatch(output.Text),
            Patience,
            "the small node listens"
        );
        Assert.False(process.HasExited, output.Text);
        Interlocked.Exchange(ref heardAt, 0);
    }

    private void Show(DateTimeOffset now)
    {
        lock (started)
        {
            if (now != shown)
            {
                var text = now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
                File.WriteAllText($"{clock}.new", text);
                File.Move($"{clock}.new", clock, overwrite: true);
                shown = now;
            }
        }
    }

    private void OnChange(StoreChange change)
    {
        var until =
            Stopwatch.GetTimestamp()
            + (long)(
                (change.Kind is ChangeKind.Revocations ? RevocationsHeard : DirectoryHeard).TotalSeconds
                * Stopwatch.Frequency
            );
        Interlocked.Exchange(ref heardAt, Math.Max(until, Interlocked.Read(ref heardAt)));
    }

    /// <summary>What it has written.</summary>
    private sealed class ProcessOutput
    {
        private readonly System.Text.StringBuilder text = new();

        public ProcessOutput(Process process)
        {
            process.OutputDataReceived += (_, line) => Note(line.Data);
            process.ErrorDataReceived += (_, line) => Note(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public string Text
        {
            get
            {
                lock (text)
                {
                    return text.ToString();
                }
            }
        }

        private void Note(string? line)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }
}

/// <summary>Before each request the small node is as the test has it.</summary>
internal sealed class NodeFirst(SmallNode node, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        await node.ReadyAsync();
        try
        {
            return await base.SendAsync(request, cancel);
        }
        catch (HttpRequestException refused) when (node.End is { } end)
        {
            throw new InvalidOperationException($"The small node has ended: {end}", refused);
        }
    }
}

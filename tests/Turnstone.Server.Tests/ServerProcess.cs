using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Server.Tests;

/// <summary>What a finished command left.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>
/// The real server: the built program in a process of its own, on a free loopback port, in a folder that is empty
/// unless one is given. Settings are environment variables in their configuration form (<c>Turnstone:Issuer</c>);
/// nothing of the tests' own environment reaches it.
/// </summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly bool ownsFolder;

    private ServerProcess(
        string folder,
        bool ownsFolder,
        IEnumerable<KeyValuePair<string, string>> settings,
        Func<string[], string[]> within
    )
    {
        (Folder, this.ownsFolder) = (folder, ownsFolder);
        process = Start(Folder, within([Program, "serve", "--urls", "http://127.0.0.1:0"]), settings);
        process.OutputDataReceived += (_, line) => Note(output, line.Data);
        process.ErrorDataReceived += (_, line) => Note(error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "turnstone-server");

    public string Folder { get; }

    public HttpClient Http { get; }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>What it said, and how it ended if it did: for the message of a test that fails.</summary>
    public string Story =>
        $"{(process.HasExited ? $"It ended with {process.ExitCode}. " : "")}Output: {Output} Errors: {Error}";

    public string Output => Read(output);

    public string Error => Read(error);

    /// <summary>
    /// Starts it and waits until it is ready. In a new folder and in Production its store is made before.
    /// </summary>
    /// <param name="settings">Its environment.</param>
    /// <param name="folder">Where it works; a new folder unless given.</param>
    /// <param name="within">The words that start it somewhere special, made from those that start it.</param>
    public static async Task<ServerProcess> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null,
        string? folder = null,
        Func<string[], string[]>? within = null
    )
    {
        settings ??= new Dictionary<string, string>();
        var place = folder ?? NewFolder();
        if (folder is null && settings.GetValueOrDefault("DOTNET_ENVIRONMENT") == "Production")
        {
            await InitAsync(place, settings, within);
        }

        var server = new ServerProcess(place, folder is null, settings, within ?? (words => words));
        try
        {
            await server.UntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Makes the store in a folder, as an operator does before the first start; where nothing asks for another, it is a
    /// copy of one that was made once.
    /// </summary>
    public static async Task InitAsync(
        string folder,
        IReadOnlyDictionary<string, string>? settings = null,
        Func<string[], string[]>? within = null
    )
    {
        if (within is null && settings is null && !System.IO.Directory.Exists(Path.Combine(folder, "data")))
        {
            await MadeStore.CopyAsync(folder);
            return;
        }

        settings ??= new Dictionary<string, string>();
        var made =
            within is null && InProcess.Takes(settings)
                ? await InProcess.RunAsync(folder, settings, "init")
                : await RunAsync(folder, settings, within ?? (words => words), "init");
        Assert.True(made.ExitCode == 0, made.Error);
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<CommandResult> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string>? settings,
        params string[] arguments
    ) => RunAsync(folder, settings, words => words, arguments);

    /// <summary>
    /// Runs a command somewhere special: <paramref name="within"/> makes the words that start it there.
    /// </summary>
    public static async Task<CommandResult> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string>? settings,
        Func<string[], string[]> within,
        params string[] arguments
    )
    {
        using var process = Start(
            folder,
            within([Program, .. arguments]),
            settings ?? new Dictionary<string, string>()
        );
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException(
                $"The command {string.Join(' ', arguments)} did not end: {await output} {await error}"
            );
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }

    public static string NewFolder() => System.IO.Directory.CreateTempSubdirectory("turnstone-server-").FullName;

    /// <summary>Asks it to stop (SIGTERM) without waiting.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Holds it as a machine does that stands still (SIGSTOP), until it is let go on.</summary>
    public void Hold()
    {
        Signal("STOP");
        SpinWait.SpinUntil(() => System.IO.Directory.GetDirectories($"/proc/{process.Id}/task").All(Stands));
    }

    public void LetGoOn() => Signal("CONT");

    /// <summary>Asks it to stop and waits for its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Terminate();
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    /// <summary>Ends it as a power cut would (SIGKILL).</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
        if (ownsFolder)
        {
            System.IO.Directory.Delete(Folder, recursive: true);
        }
    }

    // proc(5): the state of a thread comes after its name, which may hold spaces.
    private static bool Stands(string thread) => File.ReadAllText($"{thread}/stat").Split(") ")[^1].StartsWith('T');

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    private async Task UntilReadyAsync()
    {
        var started = Stopwatch.StartNew();
        while (started.Elapsed < Patience && !process.HasExited)
        {
            if (Http.BaseAddress is null && Listening().Match(Output) is { Success: true } told)
            {
                Http.BaseAddress = new Uri(told.Groups["url"].Value);
            }

            if (Http.BaseAddress is not null && await IsReadyAsync())
            {
                return;
            }

            await Task.Delay(25);
        }

        throw new InvalidOperationException($"The server did not become ready. {Story}");
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Process Start(string folder, string[] words, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var start = Programs.Service(words[0], words[1..]);
        start.WorkingDirectory = folder;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var inherited in start.Environment.Keys.Where(IsOurs).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["DOTNET_ENVIRONMENT"] = "Development";

        // A killed process leaves the pipes of its diagnostics in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";

        // It lives for seconds: what the compiler would measure for a long life costs more than it gives.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return Process.Start(start)!;
    }

    internal static bool IsOurs(string variable) =>
        variable.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || variable.StartsWith("Turnstone__", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("ConnectionStrings__", StringComparison.Ordinal)
        || variable.StartsWith("Logging__", StringComparison.Ordinal)
        || variable.StartsWith("OTEL_", StringComparison.Ordinal)
        || variable is "DOTNET_ENVIRONMENT";

    private static void Note(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [GeneratedRegex(@"(Turnstone listens on|Now listening on:) (?<url>http://127\.0\.0\.1:\d+)")]
    internal static partial Regex Listening();
}

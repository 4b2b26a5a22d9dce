using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Operations;

namespace Turnstone.Server.Tests;

/// <summary>
/// The program's entry point, run in this process: a process of its own costs a second of compiling.
/// <see cref="ServerProcess"/> is for what only a process shows: its environment, its folder, its signals and its end.
/// </summary>
public sealed class InProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource stop = new();
    private readonly WrittenText output = new();
    private readonly WrittenText error = new();
    private readonly string settings;
    private readonly bool ownsFolder;
    private readonly Task<int> running;

    private InProcess(string? folder, IReadOnlyDictionary<string, string>? settings, string[] words)
    {
        Folder = folder ?? ServerProcess.NewFolder();
        ownsFolder = folder is null;
        settings ??= new Dictionary<string, string>();
        this.settings = System.IO.Directory.CreateTempSubdirectory("turnstone-settings-").FullName;
        var file = Path.Combine(this.settings, "appsettings.json");
        File.WriteAllText(file, JsonSerializer.Serialize(Complete(settings, Folder)));
        string[] host =
        [
            $"--environment={settings.GetValueOrDefault("DOTNET_ENVIRONMENT", "Development")}",
            $"--contentRoot={this.settings}",
        ];
        var log = new LogText(words is ["serve", ..] ? output.Writer : error.Writer);
        var plan = Composition.Plan with
        {
            Services = services =>
            {
                Composition.Plan.Services(services);
                services.HashCheaply();
                services.AddLogging(logging => logging.ClearProviders().AddProvider(log));
            },
        };
        var console = new Output(output.Writer, error.Writer);
        running = Task.Run(() => Commands.RunAsync([.. words, .. host], plan, console, stop.Token));
    }

    public string Folder { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public string Output => output.Read();

    /// <summary>
    /// Whether the settings are all of the program's own, so that they can be given without a process.
    /// </summary>
    public static bool Takes(IReadOnlyDictionary<string, string> settings) =>
        settings.Keys.All(name => name.Contains(':', StringComparison.Ordinal) || name is "DOTNET_ENVIRONMENT");

    /// <summary>
    /// Runs a command to its end, as in a folder: the store is the one there unless the settings name another.
    /// </summary>
    public static async Task<CommandResult> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string>? settings,
        params string[] words
    )
    {
        await using var command = new InProcess(folder, settings, words);
        var code = await command.running.WaitAsync(Patience, TestContext.Current.CancellationToken);
        return new CommandResult(code, command.Output, command.error.Read());
    }

    /// <summary>Serves, in a new folder unless one is given, and returns once it listens.</summary>
    public static async Task<InProcess> ServeAsync(
        string? folder = null,
        IReadOnlyDictionary<string, string>? settings = null
    )
    {
        var server = new InProcess(folder, settings, ["serve", "--urls=http://127.0.0.1:0"]);
        try
        {
            await Until.HoldsAsync(
                () => server.running.IsCompleted || ServerProcess.Listening().IsMatch(server.Output),
                Patience,
                "the server listens"
            );
            Assert.False(server.running.IsCompleted, $"The server ended. {server.error.Read()}");
            server.Http.BaseAddress = new Uri(ServerProcess.Listening().Match(server.Output).Groups["url"].Value);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Http.Dispose();
        stop.Dispose();
        output.Dispose();
        error.Dispose();
        System.IO.Directory.Delete(settings, recursive: true);
        if (ownsFolder)
        {
            System.IO.Directory.Delete(Folder, recursive: true);
        }
    }

    private static Dictionary<string, string> Complete(IReadOnlyDictionary<string, string> settings, string folder)
    {
        Assert.True(Takes(settings), "A variable that is no setting needs a process.");
        var all = new Dictionary<string, string>(settings);
        all.TryAdd("ConnectionStrings:Turnstone", $"Data Source={Path.Combine(folder, "data", "turnstone.db")}");
        return all;
    }

    /// <summary>A text that is read while others write to it.</summary>
    private sealed class WrittenText : IDisposable
    {
        private readonly StringWriter text = new();

        public WrittenText() => Writer = TextWriter.Synchronized(text);

        public TextWriter Writer { get; }

        public string Read()
        {
            // The lock that each of its methods takes.
            lock (Writer)
            {
                return text.ToString();
            }
        }

        public void Dispose()
        {
            Writer.Dispose();
            text.Dispose();
        }
    }

    private sealed class LogText(TextWriter text) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => text.WriteLine($"{logLevel} {eventId.Id}: {formatter(state, exception)} {exception}");

        public void Dispose() { }
    }
}

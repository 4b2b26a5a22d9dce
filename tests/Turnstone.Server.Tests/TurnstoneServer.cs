using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Server.Settings;
using Turnstone.Server.Telemetry;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Storage;

namespace Turnstone.Server.Tests;

/// <summary>
/// The dialects on a real server in this process: Kestrel on a free loopback port, the core as the host composes it, a
/// real SQLite file, the known customers of <see cref="Known"/>, and a clock that the test moves. Everything is logged
/// at Trace, and a server that wrote a secret fails its test when it closes.
/// </summary>
public sealed class TurnstoneServer : IAsyncDisposable
{
    /// <summary>
    /// When every test begins: far enough from now that nothing that looked at the wall clock would pass.
    /// </summary>
    public static readonly DateTimeOffset Start = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private readonly WebApplication app;
    private readonly string folder;
    private readonly List<IAsyncDisposable> guests = [];
    private readonly bool ownsFolder;
    private readonly ConcurrentBag<Socket> connections = [];

    private TurnstoneServer(
        WebApplication app,
        string folder,
        bool ownsFolder,
        FakeMachineClock time,
        WrittenLog log,
        SmallNode? node
    )
    {
        (this.app, this.folder, this.ownsFolder, Time, Log) = (app, folder, ownsFolder, time, log);
        var own = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        BaseAddress = node?.Address ?? new Uri(own.Addresses.Single());
        var calls = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectCallback = ConnectAsync };
        Http = new HttpClient(node is null ? calls : new NodeFirst(node, calls)) { BaseAddress = BaseAddress };
        if (node is not null)
        {
            guests.Add(node);
        }
    }

    public FakeMachineClock Time { get; }

    /// <summary>What was logged so far.</summary>
    public WrittenLog Log { get; }

    public Uri BaseAddress { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>The connection string of its SQLite file, unless the test gave another database.</summary>
    public string Database => DatabaseIn(folder);

    /// <summary>The settings as they are without any configuration.</summary>
    public static ContractsSettings Contracts { get; } = new(AllContracts.List);

    /// <param name="map">Maps what is under test.</param>
    /// <param name="settings">Settings such as <c>Turnstone:Limits:LoginsPerApiKey:Count=3</c>.</param>
    /// <param name="services">Services beside the core's.</param>
    /// <param name="beside">Another server, whose store, master key and clock this one shares; it is closed after this
    /// one.</param>
    /// <param name="contracts">The contracts; null for those of the program.</param>
    /// <param name="start">The time on its clock, for a test with programs that read their own.</param>
    public static async Task<TurnstoneServer> StartAsync(
        Action<IEndpointRouteBuilder> map,
        IEnumerable<string>? settings = null,
        Action<IServiceCollection>? services = null,
        TurnstoneServer? beside = null,
        ContractList? contracts = null,
        DateTimeOffset? start = null
    )
    {
        SmallNode.SkipUnlessPublished(map, services is not null || contracts is not null);
        var folder = beside?.folder ?? await StoreTemplate.CopyAsync();
        var time = beside?.Time ?? new FakeMachineClock(start ?? Start);
        var log = new WrittenLog();
        WebApplication? app = null;
        try
        {
            app = Build(folder, time, log, settings ?? [], services ?? (_ => { }), contracts);
            map(app);
            await app.StartAsync(TestContext.Current.CancellationToken);
            var node = SmallNode.IsAsked
                ? new SmallNode(
                    folder,
                    [.. Given(folder), .. settings ?? []],
                    time,
                    app.Services.GetRequiredService<Store>().Changes
                )
                : null;
            return new TurnstoneServer(app, folder, beside is null, time, log, node);
        }
        catch
        {
            await (app?.DisposeAsync() ?? ValueTask.CompletedTask);
            if (beside is null)
            {
                System.IO.Directory.Delete(folder, recursive: true);
            }

            throw;
        }
    }

    private static string DatabaseIn(string folder) => $"Data Source={Path.Combine(folder, "turnstone.db")}";

    private static string[] Given(string folder) =>
        [$"ConnectionStrings:Turnstone={DatabaseIn(folder)}", "Turnstone:Issuer=https://id.example.test"];

    /// <summary>The host as it is composed for production, on a folder, a clock and a log of the test's.</summary>
    internal static WebApplication Build(
        string folder,
        TimeProvider time,
        ILoggerProvider log,
        IEnumerable<string> settings,
        Action<IServiceCollection> services,
        ContractList? contracts = null
    )
    {
        string[] host = ["--environment=Development", "--urls=http://127.0.0.1:0"];
        var builder = ServerHost.CreateBuilder(
            [.. host, .. Given(folder).Concat(settings).Select(setting => $"--{setting}")]
        );
        builder.Logging.AddLogOutput(production: true);
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Logging.AddFilter<WrittenLog>(null, LogLevel.Trace);

        builder.Services.AddCore(
            ServerSettings.Read(builder.Configuration, builder.Environment, contracts ?? AllContracts.List)
        );
        builder.Services.Replace(ServiceDescriptor.Singleton(new DatabaseTime(time)));
        builder.Services.HashCheaply();
        builder.Services.AddHostedService<Preparation>();
        builder.Services.AddHostedService<Upkeep>();
        services(builder.Services);

        var app = builder.Build();
        app.UseMiddleware<Boundary>();
        return app;
    }

    /// <summary>Everything that lies in the store's files, as a text.</summary>
    public async Task<string> StoredAsync()
    {
        var parts = System
            .IO.Directory.GetFiles(folder, "turnstone.db*")
            .Select(file => File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        return string.Concat((await Task.WhenAll(parts)).Select(System.Text.Encoding.Latin1.GetString));
    }

    /// <summary>Leaves as a client does that waits no longer: its connections end.</summary>
    public void Leave()
    {
        while (connections.TryTake(out var connection))
        {
            connection.Shutdown(SocketShutdown.Send);
        }
    }

    /// <summary>Closes somebody with it, before itself.</summary>
    public void CloseWith(IAsyncDisposable guest) => guests.Add(guest);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await connection.ConnectAsync(context.DnsEndPoint, cancel);
        connections.Add(connection);
        return new NetworkStream(connection, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var guest in guests)
            {
                await guest.DisposeAsync();
            }

            Http.Dispose();
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        }
        finally
        {
            if (ownsFolder)
            {
                System.IO.Directory.Delete(folder, recursive: true);
            }
        }

        Log.AssertNoSecret();
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Turnstone.AccessTokens;
using Turnstone.Keys;
using Turnstone.Server.Composition;
using Turnstone.Storage;
using Turnstone.Testing;

namespace Turnstone.Server.Tests;

/// <summary>
/// The dialects on a real server in this process: Kestrel on a free loopback port, the core as it is composed for production, a real SQLite file, the known
/// customer of <see cref="Known"/>, and a clock that the test moves.
/// </summary>
public sealed class TurnstoneServer : IAsyncDisposable
{
    /// <summary>When every test begins: far enough from now that nothing that looked at the wall clock would pass.</summary>
    public static readonly DateTimeOffset Start = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private readonly WebApplication app;
    private readonly Store store;
    private readonly string folder;

    private TurnstoneServer(WebApplication app, Store store, string folder, ManualTime time)
    {
        (this.app, this.store, this.folder, Time) = (app, store, folder, time);
        BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = BaseAddress };
    }

    public ManualTime Time { get; }

    public Uri BaseAddress { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => app.Services;

    /// <param name="map">Maps what is under test.</param>
    /// <param name="change">Other settings of the core than the defaults.</param>
    /// <param name="services">Services beside the core's.</param>
    public static async Task<TurnstoneServer> StartAsync(
        Action<IEndpointRouteBuilder> map, Func<CoreSettings, CoreSettings>? change = null, Action<IServiceCollection>? services = null)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("turnstone-test-").FullName;
        var time = new ManualTime(Start);
        var store = Store.Open(new StoreOptions { ConnectionString = $"Data Source={Path.Combine(folder, "turnstone.db")}" }, time, RandomSource.System);
        await store.Migrations.ApplyAsync(TestContext.Current.CancellationToken);

        var settings = new CoreSettings { Issuer = new TokenIssuer("https://id.example.test", "https://id.example.test") };
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddTurnstone(store, new MasterKeyRing(new MasterKey(RandomSource.System.Bytes(MasterKey.Size))), change?.Invoke(settings) ?? settings);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);

        await app.Services.GetRequiredService<SigningKeyRing>().TendAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<RevokedSessions>().RefreshAsync(TestContext.Current.CancellationToken);
        await Known.ProvisionAsync(app.Services, TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TurnstoneServer(app, store, folder, time);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        await store.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }
}

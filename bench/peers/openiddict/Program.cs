// OpenIddict on EF Core and PostgreSQL, for bench/run: see ../README.md for the arguments and for the line it answers
// with.
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Server;
using Turnstone.Peers;

var options = Options.Read(args);
var builder = WebApplication.CreateBuilder();
builder.WebHost.UseUrls(options.Address);

// The only line on standard output is the one that says it is ready.
builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Services.AddDbContextPool<PeerContext>(context => context.UseNpgsql(options.Postgres).UseOpenIddict());
builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
builder
    .Services.AddOpenIddict()
    .AddCore(core =>
    {
        core.UseEntityFrameworkCore().UseDbContext<PeerContext>();
        core.ReplaceApplicationManager(typeof(PlainSecrets<>));
    })
    .AddServer(server => TokenServer.Configure(server, options));

var app = builder.Build();
await PeerContext.MakeAnewAsync(app.Services);
await TokenServer.AddClientAsync(app.Services);
await app.StartAsync();
var chains = await Chains.OpenAsync(options);
TokenServer.Seeded = true;
await PeerContext.AnalyzeAsync(app.Services);
var version = typeof(OpenIddictServerOptions).Assembly.GetName().Version!.ToString(3);
Console.Out.WriteLine(chains.Ready($"OpenIddict {version} on .NET {Environment.Version}"));
await app.WaitForShutdownAsync();

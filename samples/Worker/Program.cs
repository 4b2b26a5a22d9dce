// A background service with the client: every few seconds it reads the individuals with a token that is good. The
// session lies in a folder, so a worker that is started again goes on with it, and several share it. Settings: Server;
// Sessions, the folder; Seconds between two readings; and the API key in the environment alone: TURNSTONE_KEY.
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Turnstone.Client;

var builder = Host.CreateApplicationBuilder(args);
var settings = builder.Configuration;
var server = new Uri(settings["Server"] ?? "http://127.0.0.1:8400");
if (server.Scheme is not "https" && !server.IsLoopback)
{
    throw new InvalidOperationException("The key is sent over TLS, or to this machine: Server is an https address.");
}

// Not of the settings: those come from arguments and files too, which others can read.
var key = Environment.GetEnvironmentVariable("TURNSTONE_KEY") ?? throw new InvalidOperationException("No key.");
builder
    .Services.AddTurnstoneClient(
        Reader.Client,
        options =>
        {
            options.Server = server;
            options.Store = new FileStore(settings["Sessions"] ?? "sessions");
            options.Credentials["api_key"] = key;
        }
    )
    .ConfigureHttpClient(client => client.BaseAddress = server);
builder.Services.AddHostedService<Reader>();
await builder.Build().RunAsync();

/// <summary>Reads, says how many there are, and waits. What fails is tried again: the session is kept.</summary>
internal sealed class Reader(IHttpClientFactory clients, IConfiguration settings, ILogger<Reader> log)
    : BackgroundService
{
    public const string Client = "individuals";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromSeconds(settings.GetValue("Seconds", 60)));
        do
        {
            try
            {
                using var http = clients.CreateClient(Client);
                var page = await http.GetFromJsonAsync<JsonElement>("/v3/individuals", stoppingToken);
                log.Read(page.GetProperty("individuals").GetArrayLength());
            }
            catch (HttpRequestException reason)
            {
                log.Failed(reason.Message);
            }
            catch (SessionException reason)
            {
                log.Failed($"{reason.Reason} {reason.NextStep}");
            }
        } while (await pause.WaitForNextTickAsync(stoppingToken));
    }
}

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Read {Count} individuals.")]
    public static partial void Read(this ILogger log, int count);

    [LoggerMessage(2, LogLevel.Warning, "Not read: {Reason}")]
    public static partial void Failed(this ILogger log, string reason);
}

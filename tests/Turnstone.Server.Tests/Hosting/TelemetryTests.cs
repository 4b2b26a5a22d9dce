using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Turnstone.Server.Tests.Hosting;

public sealed class TelemetryTests
{
    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("Turnstone:Telemetry:Endpoint")]
    public async Task Meters_and_traces_reach_the_collector_that_is_named_and_carry_no_secret(string setting)
    {
        const string secret = "thissecretmustnotbesent";
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await CollectorAsync(received);
        await using var server = await ServerProcess.StartAsync(
            new Dictionary<string, string>
            {
                [setting] = AddressOf(collector),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            }
        );
        await server.Http.GetAsync(
            new Uri($"/auth/v1/token?code={secret}", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        await server.Http.PostAsync(
            new Uri($"/v3/auth/login?subscription-key={secret}", UriKind.Relative),
            JsonContent.Create(new { api_key = secret }),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0, await server.StopAsync());

        Assert.Contains("turnstone.grants", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("turnstone.storage.batch.size", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("/v3/auth/login", received["/v1/traces"], StringComparison.Ordinal);
        Assert.All(received.Values, sent => Assert.Matches(@"service\.version[^\d]*\d+\.\d+\.\d+", sent));
        Assert.DoesNotContain(received.Values, sent => sent.Contains(secret, StringComparison.Ordinal));
    }

    /// <summary>
    /// The variable of one signal turns that one on alone, and is taken as it is, path and all: it needs neither the
    /// variable for all signals nor the setting.
    /// </summary>
    [Theory]
    [InlineData("METRICS", "turnstone.grants")]
    [InlineData("TRACES", "/v3/auth/login")]
    public async Task One_signal_can_be_sent_to_a_place_of_its_own(string signal, string sent)
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await CollectorAsync(received);
        await using var server = await ServerProcess.StartAsync(
            new Dictionary<string, string>
            {
                [$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] = $"{AddressOf(collector)}/of/its/own",
                [$"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"] = "http/protobuf",
            }
        );
        await server.Http.PostAsync(
            new Uri("/v3/auth/login", UriKind.Relative),
            JsonContent.Create(new { api_key = "x" }),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0, await server.StopAsync());

        Assert.Equal(["/of/its/own"], received.Keys);
        Assert.Contains(sent, received["/of/its/own"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "nowhere")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "file:///etc/passwd")]
    public async Task A_place_that_is_none_is_refused_at_the_start(string variable, string value)
    {
        var folder = ServerProcess.NewFolder();

        var ended = await ServerProcess.RunAsync(
            folder,
            new Dictionary<string, string> { [variable] = value },
            "serve",
            "--urls",
            "http://127.0.0.1:0"
        );

        Assert.Equal(78, ended.ExitCode);
        Assert.Contains($"{variable} is \"{value}\"", ended.Error, StringComparison.Ordinal);
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private static string AddressOf(WebApplication collector) =>
        collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost(
            "/{**path}",
            async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                received.AddOrUpdate(
                    request.Path,
                    Encoding.Latin1.GetString(body.ToArray()),
                    (_, before) => before + Encoding.Latin1.GetString(body.ToArray())
                );
            }
        );
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}

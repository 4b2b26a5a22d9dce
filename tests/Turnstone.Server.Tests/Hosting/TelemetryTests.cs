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
                [setting] = collector
                    .Services.GetRequiredService<IServer>()
                    .Features.Get<IServerAddressesFeature>()!
                    .Addresses.Single(),
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

using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Turnstone.Server.Tests.Hosting;

public sealed class QuietLogTests
{
    [Fact]
    public async Task With_everything_logged_at_trace_no_secret_of_a_request_is_written()
    {
        const string secret = "thissecretmustnotbelogged";
        await using var server = await ServerProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["Turnstone:Issuer"] = "https://id.example.test",
                ["Logging:LogLevel:Default"] = "Trace",
                ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace",
                ["Logging:Console:LogLevel:Default"] = "Trace",
                ["Logging:Console:LogLevel:Microsoft.AspNetCore"] = "Trace",
            }
        );
        await server.Http.GetAsync(
            new Uri($"/auth/v1/token?code={secret}", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        await server.Http.GetAsync(
            new Uri($"/nowhere?subscription-key={secret}", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        await server.Http.PostAsync(
            new Uri("/v3/auth/login", UriKind.Relative),
            JsonContent.Create(new { api_key = secret }),
            TestContext.Current.CancellationToken
        );
        await server.Http.PostAsync(
            new Uri("/oauth2/token", UriKind.Relative),
            new FormUrlEncodedContent([new("client_secret", secret), new("client_id", "x")]),
            TestContext.Current.CancellationToken
        );
        await MalformedAsync(
            server,
            $"GET /auth/v1/token?code={secret} HTTP/1.1\r\nHost: a\r\nHost: b\r\nX: {secret}\r\n\r\n"
        );
        await MalformedAsync(server, $"GET /auth/v1/token?code={secret}\0 HTTP/9.9\r\n\r\n");
        Assert.Equal(0, await server.StopAsync());
        Assert.Contains("/auth/v1/token", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, server.Output + server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_production_every_line_is_json_with_an_event_id_and_a_utc_time()
    {
        await using var server = await ServerProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["Turnstone:Issuer"] = "https://id.example.test",
            }
        );
        Assert.Equal(0, await server.StopAsync());
        var lines = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.NotEmpty(lines);
        Assert.All(
            lines,
            line =>
            {
                var entry = JsonNode.Parse(line)!;
                Assert.NotNull(entry["EventId"]);
                Assert.EndsWith("Z", (string)entry["Timestamp"]!, StringComparison.Ordinal);
            }
        );
    }

    private static async Task MalformedAsync(ServerProcess server, string request)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.StartsWith(
            "HTTP/1.1 ",
            await reader.ReadLineAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }
}

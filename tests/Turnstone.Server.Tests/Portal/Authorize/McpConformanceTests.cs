using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Turnstone.Server.Tests.Portal.Authorize;

/// <summary>
/// The Model Context Protocol's own conformance suite, in its mode against an authorization server: metadata, the code
/// grant, DPoP. A person answers its requests in the portal.
/// </summary>
public sealed class McpConformanceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_finds_nothing_to_complain_of()
    {
        var issuer = $"http://127.0.0.1:{FreePort()}";
        await using var server = await PortalServer.StartAsync([$"urls={issuer}", $"Turnstone:Issuer={issuer}"]);
        using var visitor = await Visitor.SignedInAsync(server);
        using var suite = await StartAsync(issuer);
        var error = suite.StandardError.ReadToEndAsync(Cancel);
        var said = new StringBuilder();
        while (await suite.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            said.AppendLine(line);
            if (line.StartsWith($"{issuer}/oauth2/authorize?", StringComparison.Ordinal))
            {
                await AllowAsync(visitor, new Uri(line));
            }
        }

        await suite.WaitForExitAsync(Cancel);
        var text = $"{said}{await error}";
        Assert.True(suite.ExitCode == 0, text);
        Assert.Contains("authorization-code-grant", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SKIPPED", text, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILURE", text, StringComparison.Ordinal);
    }

    private static async Task<Process> StartAsync(string issuer)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = await Interop.FolderAsync(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var argument in new[]
            {
                "--import",
                "./glob.mjs",
                "node_modules/@modelcontextprotocol/conformance/dist/index.js",
                "authorization",
                "--url",
                issuer,
                "--client-id",
                Known.PublicClientId,
                "--port",
                $"{FreePort()}",
                "--verbose",
            }
        )
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static async Task AllowAsync(Visitor visitor, Uri request)
    {
        using var answer = await visitor.DecideAsync(request.PathAndQuery);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        using var browser = new HttpClient();
        using var seen = await browser.GetAsync(answer.Headers.Location, Cancel);
        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Microsoft.Playwright;
using Turnstone.Clients.Tests.Browsers;
using Turnstone.Nodes.Clients;

namespace Turnstone.Clients.Tests.Samples;

/// <summary>The sample of one page: it signs in in Chromium, and stays signed in when it is loaded again.</summary>
public sealed class BrowserSampleTests
{
    // The readme is there in every copy of the sources, so that a folder too many is found out.
    private static readonly string[] NotServed =
    [
        "/",
        "/README.md",
        "/data/master.key",
        "/data/turnstone.db",
        "/.git/HEAD",
        "/samples/",
        "/samples/Browser/run",
        "/samples/Browser/../../README.md",
        "/samples/Browser/%2e%2e/%2e%2e/README.md",
        "/../README.md",
        "/clients/typescript/package.json",
        "/clients/typescript/src/",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_signs_in_by_a_code_and_stays_signed_in()
    {
        await using var server = await LocalServer.StartAsync();
        await server.ApplyAsync(Path.Combine(Repository.Root, "samples/Browser/clients.json"));
        await using var site = await SamplePage.ServeAsync(server.Issuer);
        await using var browser = await Chromium.StartAsync();
        var page = await (await browser.NewContextAsync()).NewPageAsync();
        await site.SignInAsync(page);
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);

        await page.ReloadAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync($"You are {Customers.Email}.");
    }

    [Fact]
    public async Task The_script_serves_the_page_and_its_client_and_nothing_beside_them()
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "samples/Browser/run"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PORT"] = "0";
        var temporary = System.IO.Directory.CreateTempSubdirectory("turnstone-site-");
        start.Environment["TMPDIR"] = temporary.FullName;
        using var script = Process.Start(start)!;
        try
        {
            var page = new Uri((await script.StandardOutput.ReadLineAsync(Cancel))!);
            foreach (var file in new[] { "", "page.js", "../../clients/typescript/src/index.js" })
            {
                Assert.Equal("200", await StatusAsync(page, new Uri(page, file).AbsolutePath));
            }

            foreach (var path in NotServed)
            {
                Assert.True(await StatusAsync(page, path) is "404", path);
            }

            using var end = Process.Start("kill", [$"{script.Id}"]);
            await script.WaitForExitAsync(Cancel);
            Assert.Empty(System.IO.Directory.GetFileSystemEntries(temporary.FullName));
        }
        finally
        {
            script.Kill(entireProcessTree: true);
            temporary.Delete(recursive: true);
        }
    }

    /// <summary>The status of a path as it is written: HttpClient would resolve the dots.</summary>
    private static async Task<string> StatusAsync(Uri site, string path)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(site.Host, site.Port, Cancel);
        using var stream = new StreamReader(connection.GetStream());
        await stream.BaseStream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\n\r\n"), Cancel);
        return (await stream.ReadLineAsync(Cancel))!.Split(' ')[1];
    }
}

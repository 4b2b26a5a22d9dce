using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Turnstone.Clients.Tests.Browsers;
using Turnstone.Nodes.Clients;

namespace Turnstone.Clients.Tests.Samples;

/// <summary>The sample of one page: it signs in in Chromium, and stays signed in when it is loaded again.</summary>
public sealed class BrowserSampleTests
{
    private const string Page = "samples/Browser/index.html";

    [Fact]
    public async Task A_page_signs_in_by_a_code_and_stays_signed_in()
    {
        await using var server = await LocalServer.StartAsync();
        await server.ApplyAsync(Path.Combine(Repository.Root, "samples/Browser/clients.json"));
        await using var site = await ServeAsync(server.Issuer);
        var address = site.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = TabsTests.Chromium, Args = ["--no-sandbox"] }
        );
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"{address.Addresses.Single()}/samples/Browser/");
        var said = page.GetByRole(AriaRole.Status);
        await Assertions.Expect(said).ToHaveTextAsync("You are not signed in.");

        await page.ClickAsync("#sign-in");
        await page.FillAsync("[name=Email]", Customers.Email);
        await page.FillAsync("[name=Password]", Customers.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.ClickAsync("button[value=allow]");
        await Assertions.Expect(said).ToHaveTextAsync($"You are {Customers.Email}.");
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);

        await page.ReloadAsync();
        await Assertions.Expect(said).ToHaveTextAsync($"You are {Customers.Email}.");
    }

    /// <summary>The folder as samples/Browser/run serves it, with the test's server in the page.</summary>
    private static async Task<WebApplication> ServeAsync(string issuer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet(
            "/samples/Browser/",
            async () =>
                Results.Content(
                    (await File.ReadAllTextAsync(Path.Combine(Repository.Root, Page))).Replace(
                        "http://127.0.0.1:8400",
                        issuer,
                        StringComparison.Ordinal
                    ),
                    "text/html"
                )
        );
        foreach (var folder in new[] { "samples/Browser", "clients/typescript/src" })
        {
            app.MapGet(
                $"/{folder}/{{file}}.js",
                (string file) =>
                    Results.File(
                        Path.Combine(Repository.Root, folder, Path.GetFileName(file) + ".js"),
                        "text/javascript"
                    )
            );
        }

        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}

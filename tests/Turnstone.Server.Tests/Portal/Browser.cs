using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Turnstone.Directory;

[assembly: AssemblyFixture(typeof(Turnstone.Server.Tests.Portal.Browser))]

namespace Turnstone.Server.Tests.Portal;

/// <summary>
/// One real Chromium for all tests, started when the first asks for it. Each test has a context of its own: cookies,
/// colours, size.
/// </summary>
public sealed class Browser : IAsyncDisposable
{
    // The shell is the same engine without a window of its own to draw.
    private static readonly string[] Places =
    [
        "/usr/bin/chromium-headless-shell",
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];

    /// <summary>What a client answers to whoever is sent back to it.</summary>
    public const string AtTheClient = "back at the client";

    // Only a page that never comes takes so long: a busy machine is slow and not wrong.
    private const float Patience = 45_000;

    /// <summary>Where <c>https://id.example.com</c> is for this browser, if somebody listens.</summary>
    public int SecurePort { get; } = Testing.PostgresServer.FreePort();

    private readonly SemaphoreSlim starting = new(1);
    private IPlaywright? playwright;
    private IBrowser? browser;
    private WebApplication? client;

    public async Task<IPage> OpenAsync(
        TurnstoneServer server,
        bool dark = false,
        bool script = true,
        bool phone = false,
        string language = "en",
        string zone = "UTC"
    )
    {
        ArgumentNullException.ThrowIfNull(server);
        await StartAsync();
        var context = await browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = server.BaseAddress.ToString(),
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                JavaScriptEnabled = script,
                ViewportSize = phone
                    ? new ViewportSize { Width = 390, Height = 844 }
                    : new ViewportSize { Width = 1280, Height = 860 },
                Locale = language,
                TimezoneId = zone,
            }
        );
        server.CloseWith(context);
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();

        // A page that breaks its own Content-Security-Policy, or whose script fails, has not passed, whatever it looks
        // like.
        page.Console += (_, message) => Note(page, message.Type == "error" ? message.Text : null);
        page.PageError += (_, error) => Note(page, error);
        return page;
    }

    /// <summary>A page that takes any certificate; the caller closes its context.</summary>
    public async Task<IPage> OpenSecureAsync()
    {
        await StartAsync();
        var context = await browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                IgnoreHTTPSErrors = true,
                Locale = "en",
                TimezoneId = "UTC",
            }
        );
        context.SetDefaultTimeout(Patience);
        return await context.NewPageAsync();
    }

    /// <summary>Signs in by the form.</summary>
    public async Task<IPage> SignedInAsync(
        TurnstoneServer server,
        bool dark = false,
        bool script = true,
        bool phone = false,
        string email = Known.Email,
        string language = "en",
        string zone = "UTC"
    )
    {
        var page = await OpenAsync(server, dark, script, phone, language, zone);
        await page.GotoAsync("/portal/sign-in");
        await page.Locator("#Email").FillAsync(email);
        await page.Locator("#Password").FillAsync(Known.Password);
        var arrived = page.WaitForURLAsync("**/portal");
        await page.Locator("main button.primary").ClickAsync();
        await arrived;
        return page;
    }

    /// <summary>
    /// Waits for the page that a click leads to. Who waits for its events instead, after the click, may have missed
    /// them.
    /// </summary>
    public static Task ArriveAsync(IPage page, string path) =>
        Assertions.Expect(page).ToHaveURLAsync(new Regex($"{Regex.Escape(path)}$"));

    /// <summary>
    /// Nothing that axe finds at WCAG 2.2 AA, and nothing that the browser complained about.
    /// </summary>
    public static async Task AssertSoundAsync(IPage page)
    {
        // A click does not wait for the page that it leads to, and half a page has links without a text.
        await page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
        var violations = await Axe.ViolationsAsync(page);
        Assert.True(violations.Length == 0, string.Join('\n', violations.Prepend(page.Url)));
        lock (Complaints)
        {
            Assert.False(
                Complaints.Remove(page, out var complaints),
                $"{page.Url}\n{string.Join('\n', complaints ?? [])}"
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
        if (client is not null)
        {
            await client.DisposeAsync();
        }

        starting.Dispose();
    }

    private static Dictionary<IPage, List<string>> Complaints { get; } = new(ReferenceEqualityComparer.Instance);

    private static void Note(IPage page, string? complaint)
    {
        if (complaint is null)
        {
            return;
        }

        lock (Complaints)
        {
            if (!Complaints.TryGetValue(page, out var list))
            {
                Complaints[page] = list = [];
            }

            list.Add(complaint);
        }
    }

    /// <summary>
    /// The client of <see cref="Known.RedirectUri"/>, wherever a port is free: the browser is told where.
    /// </summary>
    private static async Task<WebApplication> ClientAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Map("{**rest}", () => Results.Text(AtTheClient, "text/html"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private async Task StartAsync()
    {
        await starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            playwright ??= await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout(Patience);
            client ??= await ClientAsync();

            // One that has died takes its own test with it and not all that come after.
            browser = browser is { IsConnected: true } alive
                ? alive
                : await playwright.Chromium.LaunchAsync(
                    new BrowserTypeLaunchOptions
                    {
                        ExecutablePath =
                            Array.Find(Places, File.Exists)
                            ?? throw new FileNotFoundException("The tests need Chromium (Debian: chromium)."),
                        Args =
                        [
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            $"--host-resolver-rules=MAP {new Uri(Known.RedirectUri).Authority} "
                                + $"{new Uri(client.Urls.Single()).Authority}, "
                                + $"MAP id.example.com:443 127.0.0.1:{SecurePort}",
                        ],
                    }
                );
        }
        finally
        {
            starting.Release();
        }
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Turnstone.Nodes.Clients;

namespace Turnstone.Clients.Tests.Samples;

/// <summary>The sample of one page, served as samples/Browser/run serves it, with the test's server in it.</summary>
internal sealed class SamplePage : IAsyncDisposable
{
    private const string Page = "samples/Browser/index.html";

    private readonly WebApplication site;

    private SamplePage(WebApplication site) => this.site = site;

    private string Address => $"{site.Urls.Single()}/samples/Browser/";

    public static async Task<SamplePage> ServeAsync(string issuer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, Page));
        var ours = page.Replace("http://127.0.0.1:8400", issuer, StringComparison.Ordinal);
        site.MapGet("/samples/Browser/", () => Results.Content(ours, "text/html"));
        foreach (var folder in new[] { "samples/Browser", "clients/typescript/src" })
        {
            site.MapGet($"/{folder}/{{file}}.js", (string file) => Script(folder, file));
        }

        await site.StartAsync(TestContext.Current.CancellationToken);
        return new SamplePage(site);
    }

    public ValueTask DisposeAsync() => site.DisposeAsync();

    /// <summary>As the customer does it, who has not been here before.</summary>
    public async Task SignInAsync(IPage tab)
    {
        var said = tab.GetByRole(AriaRole.Status);
        await tab.GotoAsync(Address);
        await Assertions.Expect(said).ToHaveTextAsync("You are not signed in.");
        await tab.ClickAsync("#sign-in");
        await tab.FillAsync("[name=Email]", Customers.Email);
        await tab.FillAsync("[name=Password]", Customers.Password);
        await tab.Keyboard.PressAsync("Enter");
        await tab.ClickAsync("button[value=allow]");
        await ShowsWhoAsync(tab);
    }

    /// <summary>Opens it in a tab of somebody who has signed in.</summary>
    public async Task OpenAsync(IPage tab)
    {
        await tab.GotoAsync(Address);
        await ShowsWhoAsync(tab);
    }

    private static Task ShowsWhoAsync(IPage tab) =>
        Assertions.Expect(tab.GetByRole(AriaRole.Status)).ToHaveTextAsync($"You are {Customers.Email}.");

    private static IResult Script(string folder, string file) =>
        Results.File(Path.Combine(Repository.Root, folder, Path.GetFileName(file) + ".js"), "text/javascript");
}

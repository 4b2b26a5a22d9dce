using Microsoft.Playwright;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>Applications of each kind, from the choice to a token.</summary>
internal static class ApplicationScenes
{
    private const string New = "/portal/applications/new";

    public static IEnumerable<Scene> All =>
        [
            Scene.At(Reader.Customer, "application", PathAsync),
            Scene.At(
                Reader.Customer,
                "application-advanced",
                PathAsync,
                page => page.Locator("details.advanced summary").ClickAsync()
            ),
            Scene.At(
                Reader.Customer,
                "application-refused",
                $"{New}?kind=server",
                page => SendAsync(page, name: "Shop", redirect: "nonsense")
            ),
            Scene.At(
                Reader.Customer,
                "application-server-made",
                $"{New}?kind=server",
                page => SendAsync(page, "Shop of the north", Given.Callback)
            ),
            Scene.At(
                Reader.Customer,
                "application-device-made",
                $"{New}?kind=device",
                page => SendAsync(page, "Shop in the browser", Given.Callback)
            ),
            Scene.At(
                Reader.Customer,
                "application-program-made",
                $"{New}?kind=program",
                page => SendAsync(page, "Nightly report", redirect: null)
            ),
            Scene.At(
                Reader.Customer,
                "application-program-tried",
                $"{New}?kind=program",
                async page =>
                {
                    await SendAsync(page, "Nightly sums", redirect: null);
                    await Scene.SendAsync(page, "#try form button");
                }
            ),
        ];

    private static async Task SendAsync(IPage page, string name, string? redirect)
    {
        await page.Locator("#Form_Name").FillAsync(name);
        if (redirect is not null)
        {
            await page.Locator("#Form_RedirectUris").FillAsync(redirect);
        }

        await Scene.SendAsync(page, "main form > button.primary");
    }

    private static async Task<string> PathAsync(Stage stage) =>
        (
            await stage
                .Server.Of<Turnstone.Directory.IClientStore>()
                .ListAsync(await stage.Server.IdAsync(), TestContext.Current.CancellationToken)
        )
            .Where(client => client.Name.StartsWith("Web shop", StringComparison.Ordinal))
            .Select(client => $"/portal/applications/{client.Id}")
            .First();
}

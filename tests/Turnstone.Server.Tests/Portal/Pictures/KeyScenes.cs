using Microsoft.Playwright;
using Turnstone.Directory;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>An API key in each of its states, and those that were just made.</summary>
internal static class KeyScenes
{
    private const string New = "/portal/api-keys/new";

    public static IEnumerable<Scene> All =>
        [
            Of("key", stage => Task.FromResult($"/portal/api-keys/{stage.Key.Id}")),
            Of("key-day", stage => Task.FromResult($"/portal/api-keys/{stage.Key.Id}?period=24h")),
            Of("key-scopes", stage => Task.FromResult($"/portal/api-keys/{stage.Key.Id}/scopes")),
            Of("key-freezing", stage => PathAsync(stage, key => key.Name == "nightly import")),
            Of("key-leaving", stage => PathAsync(stage, key => key.SuccessorId is not null)),
            Of("key-revoked", stage => PathAsync(stage, key => key.RevokedAt is not null)),
            Scene.At(
                Reader.Customer,
                "key-revoke",
                stage => PathAsync(stage, key => key.Name == "nightly import"),
                page => page.Locator("details.ask.danger summary").ClickAsync()
            ),
            Scene.At(
                Reader.Newcomer,
                "key-refused",
                New,
                async page =>
                {
                    await page.Locator("main form").First.EvaluateAsync("form => form.noValidate = true");
                    await Scene.SendAsync(page, "main form button.primary");
                }
            ),
            Scene.At(Reader.Newcomer, "key-made", New, MakeAsync),
        ];

    private static async Task MakeAsync(IPage page)
    {
        await page.Locator("#Name").FillAsync("first steps");
        if (await page.Locator("#Password").CountAsync() > 0)
        {
            await page.Locator("#Password").FillAsync(Known.Password);
        }

        await Scene.SendAsync(page, "main button.primary");
    }

    private static Scene Of(string name, Func<Stage, Task<string>> path) => Scene.At(Reader.Customer, name, path);

    private static async Task<string> PathAsync(Stage stage, Func<ApiKey, bool> which)
    {
        var keys = await stage
            .Server.Of<IApiKeyStore>()
            .ListAsync(await stage.Server.IdAsync(), TestContext.Current.CancellationToken);
        return $"/portal/api-keys/{keys.First(which).Id}";
    }
}

using Microsoft.Playwright;
using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal.Administration;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>What an administrator sees.</summary>
internal static class AdministratorScenes
{
    private const string Root = "/portal/admin";

    public static IEnumerable<Scene> All =>
        [
            At("home", "/portal"),
            At("service", Root),
            At("accounts", $"{Root}/accounts"),
            At("accounts-nobody", $"{Root}/accounts?Email=nobody-of-this-name"),
            Scene.At(
                Reader.Administrator,
                "admin-accounts-invite",
                $"{Root}/accounts",
                page => page.Locator("main details.ask summary").ClickAsync()
            ),
            Of("account", stage => stage.Server.PageOfAsync(Known.Email)),
            Of("account-newcomer", stage => stage.Server.PageOfAsync(FilledPortal.Newcomer)),
            Scene.At(
                Reader.Administrator,
                "admin-account-act",
                stage => stage.Server.PageOfAsync(FilledPortal.Newcomer),
                page => page.Locator(".acts details summary").First.ClickAsync()
            ),
            At("approvals", $"{Root}/approvals"),
            Scene.At(
                Reader.Administrator,
                "admin-approvals-refuse",
                $"{Root}/approvals",
                page => page.Locator(".acts details.danger summary").First.ClickAsync()
            ),
            At("approvals-nothing", $"{Root}/approvals?find=nothing-of-this-name"),
            At("products", $"{Root}/products"),
            Of("product", ProductAsync),
            At("apis", $"{Root}/apis"),
            At("apis-new", $"{Root}/apis/new"),
            At("api", $"{Root}/apis/pay"),
            At("clients", $"{Root}/clients"),
            At("client", $"{Root}/clients/{Known.ClientId}"),
            Scene.At(
                Reader.Administrator,
                "admin-client-rights",
                $"{Root}/clients/{Known.ClientId}",
                page => page.Locator("details.advanced > summary").ClickAsync()
            ),
            At("providers", $"{Root}/identity-providers"),
            Scene.At(
                Reader.Administrator,
                "admin-providers-new",
                $"{Root}/identity-providers/new",
                async page =>
                {
                    await page.Locator("main form").First.EvaluateAsync("form => form.noValidate = true");
                    await Scene.SendAsync(page, "main form button.primary");
                }
            ),
            Of("provider", ProviderAsync),
            At("keys", $"{Root}/keys"),
            Scene.At(
                Reader.Administrator,
                "admin-keys-retire",
                $"{Root}/keys",
                page => page.Locator("td details.ask summary").First.ClickAsync()
            ),
            At("audit", $"{Root}/audit"),
            Scene.At(Reader.Administrator, "admin-audit-search", $"{Root}/audit", OpenSearchAsync),
            At("audit-keys", $"{Root}/audit?Event={nameof(AuditEvent.SigningKeyCreated)}"),
            At("settings", $"{Root}/settings"),
            At("letters", $"{Root}/settings/letters"),
            At("settings-found", $"{Root}/settings?find=limit"),
        ];

    private static Scene At(string name, string path) => Scene.At(Reader.Administrator, $"admin-{name}", path);

    private static Scene Of(string name, Func<Stage, Task<string>> path) =>
        Scene.At(Reader.Administrator, $"admin-{name}", path);

    private static Task OpenSearchAsync(IPage page) => page.Locator("details.audit-search summary").ClickAsync();

    private static async Task<string> ProductAsync(Stage stage) =>
        $"{Root}/products/"
        + (await stage.Server.Of<ISubscriptionStore>().ListProductsAsync(TestContext.Current.CancellationToken))[0].Id;

    private static async Task<string> ProviderAsync(Stage stage) =>
        $"{Root}/identity-providers/"
        + (await stage.Server.Of<IIdentityProviderStore>().ListAsync(TestContext.Current.CancellationToken))[0].Id;
}

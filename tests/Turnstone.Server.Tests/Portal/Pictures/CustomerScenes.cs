using Microsoft.Playwright;
using Turnstone.Directory;
using Turnstone.Server.Tests.Hosting.Outbound;
using Turnstone.Server.Tests.Portal.Authorize;
using Turnstone.Server.Tests.Portal.Device;
using Turnstone.Server.Tests.Portal.Logout;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>What a customer sees: one who has nothing yet, and one who has much.</summary>
internal static class CustomerScenes
{
    private const string Payment =
        """[{"type":"payment","actions":["initiate"],"amount":"12.50 €","to":{"name":"ACME","iban":"DE89 3704"}}]""";

    private static readonly string[] Lists =
    [
        "",
        "/subscriptions",
        "/api-keys",
        "/applications",
        "/sessions",
        "/health",
        "/activity",
        "/profile",
    ];

    private static readonly string[] Pages =
    [
        "/api-keys/new",
        "/applications/new",
        "/applications/new?kind=server",
        "/applications/new?kind=device",
        "/applications/new?kind=program",
        "/health?period=90d",
        "/profile/generate-token",
        "/profile/security",
        "/profile/security/email",
        "/profile/security/erase",
        "/profile/security/passkeys",
        "/profile/security/password",
        "/profile/security/second-factor",
        "/sign-in/step-up",
        "/sign-out",
        "/guides",
        "/reference",
        "/device",
    ];

    public static IEnumerable<Scene> All =>
        [
            .. Lists.Select(path => Scene.At(Reader.Newcomer, $"empty{Named(path)}", $"/portal{path}")),
            .. Lists
                .Concat(Pages)
                .Select(path => Scene.At(Reader.Customer, $"customer{Named(path)}", $"/portal{path}")),
            Scene.At(Reader.Customer, "customer-not-found", "/portal/no-such-page") with
            {
                IsError = true,
            },
            new("customer-menu", Reader.Customer, OpenMenuAsync),
            .. KeyScenes.All,
            .. ApplicationScenes.All,
            .. TrustScenes.All,
            Of("subscription", async stage => await SubscriptionAsync(stage, SubscriptionState.Active)),
            Of("subscription-waiting", async stage => await SubscriptionAsync(stage, SubscriptionState.Submitted)),
            Of("subscription-suspended", async stage => await SubscriptionAsync(stage, SubscriptionState.Suspended)),
            Of("subscription-cancelled", async stage => await SubscriptionAsync(stage, SubscriptionState.Cancelled)),
            Scene.At(
                Reader.Customer,
                "generate-token-made",
                "/portal/profile/generate-token",
                async page => await Scene.SendAsync(page, "main button.primary")
            ),
            Scene.At(
                Reader.Customer,
                "second-factor-begun",
                "/portal/profile/security/second-factor",
                async page =>
                {
                    await page.Locator("#CurrentPassword").FillAsync(Known.Password);
                    await Scene.SendAsync(page, "main button.primary");
                }
            ),
            Scene.At(
                Reader.Customer,
                "sessions-end",
                "/portal/sessions",
                page => page.Locator(".held details summary").Nth(1).ClickAsync()
            ),
            Of("consent", _ => Task.FromResult(AuthorizeUrl.OAuth2(("scope", "openid profile individuals.read")))),
            Of("consent-company", _ => Task.FromResult(AuthorizeUrl.OAuthV1(("token_type", "company")))),
            Of("consent-payment", _ => Task.FromResult(AuthorizeUrl.OAuth2(("authorization_details", Payment)))),
            new("consent-agent", Reader.Customer, (page, stage) => AgentAsync(page, stage, isKnown: false)),
            new("consent-agent-known", Reader.Customer, (page, stage) => AgentAsync(page, stage, isKnown: true)),
            Scene.At(Reader.Customer, "device-code", DeviceAsync),
            Scene.At(
                Reader.Customer,
                "device-question",
                DeviceAsync,
                async page => await Scene.SendAsync(page, "main button.primary")
            ),
            Scene.At(
                Reader.Customer,
                "device-done",
                DeviceAsync,
                async page =>
                {
                    await Scene.SendAsync(page, "main button.primary");
                    await Scene.SendAsync(page, "button[value=allow]");
                }
            ),
            Of("logout-question", _ => Task.FromResult(GivenLogout.Url(("client_id", Known.ClientId)))),
        ];

    private static Scene Of(string name, Func<Stage, Task<string>> path) => Scene.At(Reader.Customer, name, path);

    private static string Named(string path) =>
        path.Length == 0 ? "-home" : path.Replace('/', '-').Replace("?", "-", StringComparison.Ordinal);

    private static async Task OpenMenuAsync(IPage page, Stage stage)
    {
        await page.GotoAsync("/portal");
        if (stage.Phone)
        {
            await page.Locator("details.menu summary").ClickAsync();
        }
    }

    private static async Task<string> SubscriptionAsync(Stage stage, SubscriptionState state)
    {
        var held = await stage
            .Server.Of<Turnstone.Directory.Subscriptions>()
            .ListAsync(await stage.Server.IdAsync(), TestContext.Current.CancellationToken);
        return $"/portal/subscriptions/{held.First(one => one.State.Known == state).Id}";
    }

    /// <summary>An agent that nobody here has made asks.</summary>
    private static async Task AgentAsync(IPage page, Stage stage, bool isKnown)
    {
        await using var foreign = await ForeignServer.StartAsync();
        var id = foreign.Publish();
        if (isKnown)
        {
            using var other = await Visitor.SignedInAsync(stage.Server, Known.OtherEmail);
            await DescribedClient.LetInAsync(stage.Server, other, id);
        }

        await page.GotoAsync(DescribedClient.Url(id, ("scope", "openid profile individuals.read")));
    }

    private static async Task<string> DeviceAsync(Stage stage) =>
        $"/portal/device?user_code={(await FakeDevice.BeginAsync(stage.Server)).UserCode}";
}

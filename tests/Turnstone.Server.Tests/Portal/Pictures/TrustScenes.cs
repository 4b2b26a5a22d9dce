using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Server.Tests.Contracts.OAuth2;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Portal.Pictures;

/// <summary>An application that trusts other issuers: none yet, one that came, one that was refused.</summary>
internal static class TrustScenes
{
    private const string Trusting = "Web shop";
    private const string Alone = "Shop number 1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static IEnumerable<Scene> All =>
        [
            Of("trust", Trusting, ""),
            Of("trust-none", Alone, ""),
            Of("trust-github", Alone, "/github"),
            Of("trust-other", Alone, "/other"),
            Scene.At(
                Reader.Customer,
                "trust-refused",
                stage => PathAsync(stage, Alone, "/gitlab"),
                async page =>
                {
                    await page.Locator("main form").First.EvaluateAsync("form => form.noValidate = true");
                    await Scene.SendAsync(page, "main form button.primary");
                }
            ),
            Scene.At(
                Reader.Customer,
                "trust-remove",
                stage => PathAsync(stage, Trusting, ""),
                page => page.Locator("details.danger > summary").First.ClickAsync()
            ),
        ];

    /// <summary>Two rules: one has let somebody in and one has not.</summary>
    public static async Task GivenAsync(TurnstoneServer server)
    {
        var client = (await server.Of<IClientStore>().ListAsync(await server.IdAsync(), Cancel)).First(one =>
            one.Name.StartsWith(Trusting, StringComparison.Ordinal)
        );
        var store = server.Of<ITrustStore>();
        using var key = ClientKey.Ec();
        var used = TrustedProgram.Rule(key, client.Id);
        var refused = TrustedProgram.Rule(key, client.Id, "https://gitlab.example.test") with
        {
            Conditions = [new("project_path", "acme/batch"), new("ref", "main")],
        };
        await TrustedProgram.TrustAsync(server, used);
        await TrustedProgram.TrustAsync(server, refused);
        store.NoteUse(used.Id, server.Time.GetUtcNow(), "repo:acme/batch:ref:refs/heads/main");
        store.NoteRefusal(refused.Id, server.Time.GetUtcNow(), "claim ref=feature");
    }

    private static Scene Of(string name, string application, string below) =>
        Scene.At(Reader.Customer, name, stage => PathAsync(stage, application, below));

    private static async Task<string> PathAsync(Stage stage, string application, string below) =>
        (await stage.Server.Of<IClientStore>().ListAsync(await stage.Server.IdAsync(), Cancel))
            .Where(client => client.Name.StartsWith(application, StringComparison.Ordinal))
            .Select(client => $"/portal/applications/{client.Id}/trust{below}")
            .First();
}

using System.Net;
using Turnstone.Directory;
using Turnstone.Server.Tests.Operations;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// The database is lost in the middle of a commit: nobody is told that nothing was changed, neither a client nor a
/// customer nor an operator.
/// </summary>
public sealed class LostCommitTests : IAsyncLifetime
{
    private readonly PostgresServer postgres = new();
    private readonly string folder = ServerProcess.NewFolder();
    private string database = "";

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await postgres.DropDatabaseAsync(database);
        await postgres.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Whoever_changes_something_is_told_that_its_outcome_is_not_known_and_may_repeat()
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Turnstone"] = database,
            ["Turnstone:MasterKey"] = "c2FtZSBrZXkgb24gZXZlcnkgbm9kZSwgMzIgYnl0ZXM=",
            ["Turnstone:Provision"] = await ProvisioningText.WriteAsync(folder),
        };
        await using var server = await ServerProcess.StartAsync(settings, folder);
        using var login = await server.Http.LoginV2Async(ProvisioningText.Email, ProvisioningText.Password);
        var refreshToken = await login.RefreshOfSetAsync();
        using var visitor = new Visitor(server.Http.BaseAddress!);
        await SignInAsync(visitor);

        await using (await LosingConnections.OnAsync(database, inTheCommit: true, "sessions", "marks"))
        {
            using var refresh = await server.Http.RefreshV2Async(refreshToken);
            await Golden.CheckAsync(refresh, "auth-v2-503-unknown");

            using var page = await visitor.SendAsync("/portal/sessions", "/portal/sessions?handler=All");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
            var text = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains("Look whether your change is there", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Nothing was changed", text, StringComparison.Ordinal);

            var revoke = await RevokeAsync(settings);
            Assert.Equal(75, revoke.ExitCode);
            Assert.Contains("It is not known whether the command took effect", revoke.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("Ended", revoke.Output, StringComparison.Ordinal);
        }

        using var repeated = await server.Http.RefreshV2Async(refreshToken);
        Assert.Equal(HttpStatusCode.Created, repeated.StatusCode);
        Assert.Equal(0, (await RevokeAsync(settings)).ExitCode);
    }

    private Task<CommandResult> RevokeAsync(Dictionary<string, string> settings) =>
        InProcess.RunAsync(folder, settings, "revoke", "--account", ProvisioningText.Email);

    private static async Task SignInAsync(Visitor visitor)
    {
        using var answer = await visitor.SendAsync(
            "/portal/sign-in",
            form: null,
            ("Email", ProvisioningText.Email),
            ("Password", ProvisioningText.Password)
        );
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }
}

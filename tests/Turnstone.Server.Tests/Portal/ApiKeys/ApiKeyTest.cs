using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Nodes.Cluster;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Tests.Portal.ApiKeys;

/// <summary>A server with the signed-in visitor whose keys these are.</summary>
public abstract partial class ApiKeyTest : IAsyncLifetime
{
    private protected const string Root = "/portal/api-keys";
    private protected const string New = "/portal/api-keys/new";

    private protected TurnstoneServer server = null!;
    private protected Visitor visitor = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected Holdings Keys => server.Services.GetRequiredService<Holdings>();

    public async ValueTask InitializeAsync()
    {
        server = await PortalServer.StartAsync();
        visitor = await Visitor.SignedInAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        visitor.Dispose();
        await server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<(string Path, string Key, string Page)> CreateAsync(string name, int days = 90)
    {
        var page = await visitor.FilledAsync(
            New,
            null,
            ("Name", name),
            ("Days", $"{days}"),
            ("Chosen", "individuals.read"),
            ("Password", Known.Password)
        );
        return (KeyPath().Match(page).Value, Form.Copied(page)[0], page);
    }

    private protected async Task AssertLoginAsync(HttpStatusCode expected, string key)
    {
        using var login = await server.Http.LoginV3Async(key);
        Assert.Equal(expected, login.StatusCode);
    }

    /// <summary>A use is written a little after the login that it was.</summary>
    private protected Task NotedAsync(string name) =>
        Until.HoldsAsync(
            async () => (await ListAsync()).Single(key => key.Name == name).LastUsedAt is not null,
            $"the use of {name} is written"
        );

    private protected async Task<IReadOnlyList<ApiKey>> ListAsync() =>
        await Keys.ListAsync((await Known.AccountAsync(server.Services))!.Id, Cancel);

    private protected async Task<ApiKey> KeyAsync(string path) =>
        (await ListAsync()).Single(key => path.EndsWith($"{key.Id}", StringComparison.Ordinal));

    [GeneratedRegex("/portal/api-keys/[0-9a-f-]{36}")]
    private static partial Regex KeyPath();
}

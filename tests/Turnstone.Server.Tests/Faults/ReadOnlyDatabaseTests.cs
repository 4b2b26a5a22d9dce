using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Model;
using Turnstone.Server.Hosting;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Faults;

/// <summary>A PostgreSQL that refuses to write, as a standby or one that an administrator has set so.</summary>
public sealed class ReadOnlyDatabaseTests : IAsyncLifetime
{
    private readonly PostgresServer postgres = new();
    private string database = "";

    public async ValueTask InitializeAsync() => database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await postgres.DropDatabaseAsync(database);
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_writes_is_answered_503_and_goes_on_when_it_takes_writes_again()
    {
        await using var server = await PortalServer.StartAsync(
            [
                $"ConnectionStrings:Turnstone={database}",
                $"Turnstone:MasterKey={Convert.ToBase64String(RandomSource.System.Bytes(32))}",
            ],
            services => services.AddSingleton<IPreparationStep, Known>()
        );
        using var login = await server.Http.LoginV2Async();
        var refreshToken = await login.RefreshOfSetAsync();
        using var opened = await server.Http.LoginV3Async();
        var token = (await opened.JsonAsync()).GetProperty("access_token").GetString()!;

        await SetAsync("on");
        using var refused = await server.Http.RefreshV2Async(refreshToken);
        using var noLogin = await server.Http.LoginV3Async();
        using var valid = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", token);

        Assert.All(
            (HttpResponseMessage[])[refused, noLogin],
            answer =>
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            }
        );
        Assert.Equal(HttpStatusCode.OK, valid.StatusCode);

        await SetAsync("off");
        using var repeated = await server.Http.RefreshV2Async(refreshToken);
        Assert.Equal(HttpStatusCode.Created, repeated.StatusCode);
    }

    private async Task SetAsync(string state)
    {
        await postgres.CommandAsync(
            $"ALTER DATABASE {PostgresServer.NameOf(database)} SET default_transaction_read_only = {state}"
        );
        await postgres.CutConnectionsAsync(database);
    }
}

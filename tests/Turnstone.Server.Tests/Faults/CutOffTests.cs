using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// A node that does not hear from the store may not know what others have revoked. The operator chooses what it does
/// with access tokens then.
/// </summary>
public sealed class CutOffTests
{
    [Theory]
    [InlineData("Refuse", HttpStatusCode.ServiceUnavailable)]
    [InlineData("KeepServing", HttpStatusCode.OK)]
    public async Task A_node_that_has_not_heard_for_longer_than_the_setting_does_what_the_setting_says(
        string choice,
        HttpStatusCode expected
    )
    {
        Silent? sessions = null;
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [$"Turnstone:WhenCutOff={choice}", "Turnstone:CutOffSeconds=5"],
            services =>
                services.Replace(
                    ServiceDescriptor.Singleton<ISessionStore>(all =>
                        sessions = new Silent(all.GetRequiredService<Store>().Sessions)
                    )
                )
        );
        var token = (await (await server.Http.LoginV3Async()).JsonAsync()).GetProperty("access_token").GetString()!;

        sessions!.Away = true;
        server.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, token));
        server.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(expected, await UseAsync(server, token));

        sessions.Away = false;
        await server
            .Services.GetRequiredService<Turnstone.Revocation.RevokedSessions>()
            .RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(server, token));
    }

    private static async Task<HttpStatusCode> UseAsync(TurnstoneServer server, string token)
    {
        using var answer = await server.Http.WithBearerAsync(HttpMethod.Get, "/v3/individuals", token);
        return answer.StatusCode;
    }

    /// <summary>The real store, whose revocations cannot be read for a while.</summary>
    private sealed class Silent(ISessionStore store) : SessionStoreAround(store)
    {
        public bool Away { get; set; }

        public override Task<RevocationNews> RevokedAfterAsync(
            ChangePoint? change,
            CancellationToken cancellationToken
        ) =>
            Away
                ? Task.FromException<RevocationNews>(new StoreUnavailableException("away"))
                : base.RevokedAfterAsync(change, cancellationToken);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Model;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Sessions;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Faults;

/// <summary>
/// A client waits no longer, asks another node and goes on; the first node, which stood still, comes to its request
/// later. It must neither end the session as a second holder's nor advance it. The store of the test lets the client
/// leave at the last moment, and the server has not read that yet.
/// </summary>
public sealed class LeftClientTests
{
    public static TheoryData<string> Contracts { get; } =
        ["auth-v1", "auth-v2", "oauth-v1-user", "oauth-v1-company", "session-v3", "oauth2"];

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task A_token_of_the_past_ends_nothing_once_its_client_has_left(string contract)
    {
        await using var given = await GivenAsync();
        var server = given.Server;
        var (_, past) = await server.IssueAsync(contract);
        var last = await RefreshAsync(server, contract, await RefreshAsync(server, contract, past));

        given.Store.Before = server.Leave;
        await Assert.ThrowsAsync<HttpRequestException>(() => server.RefreshAsync(contract, past));
        last = await RefreshAsync(server, contract, last);

        // With a client that waits it is a second holder's.
        using var stolen = await server.RefreshAsync(contract, past);
        Assert.False(stolen.IsSuccessStatusCode);
        using var ended = await server.RefreshAsync(contract, last);
        Assert.False(ended.IsSuccessStatusCode);
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public async Task A_token_that_is_good_is_not_replaced_once_its_client_has_left(string contract)
    {
        await using var given = await GivenAsync();
        var server = given.Server;
        var (_, good) = await server.IssueAsync(contract);
        server.Time.Advance(TimeSpan.FromMinutes(15));

        given.Store.Before = server.Leave;
        await Assert.ThrowsAsync<HttpRequestException>(() => server.RefreshAsync(contract, good));

        // Long after the time in which a lost answer is given again.
        server.Time.Advance(TimeSpan.FromMinutes(1));
        await RefreshAsync(server, contract, good);
    }

    private static async Task<string> RefreshAsync(TurnstoneServer server, string contract, string token)
    {
        server.Time.Advance(TimeSpan.FromMinutes(15));
        return (await server.RefreshAsync(contract, token).TokensAsync()).Refresh;
    }

    private static async Task<Given> GivenAsync()
    {
        Leaving? store = null;
        var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            services: services =>
                services.Replace(
                    ServiceDescriptor.Singleton<ISessionStore>(all =>
                        store = new Leaving(all.GetRequiredService<Store>().Sessions)
                    )
                )
        );
        return new Given(server, store!);
    }

    private sealed record Given(TurnstoneServer Server, Leaving Store) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    /// <summary>The real store, asked a moment after something has happened once, of which it is not told.</summary>
    private sealed class Leaving(ISessionStore store) : SessionStoreAround(store)
    {
        public Action? Before { get; set; }

        public override Task<RotationDecision> RotateAsync(
            RefreshAttempt attempt,
            Func<RotationDecision, AuditEntry> reuseEntry,
            CancellationToken cancellationToken
        )
        {
            var happens = Before;
            Before = null;
            happens?.Invoke();
            return base.RotateAsync(attempt, reuseEntry, CancellationToken.None);
        }
    }
}

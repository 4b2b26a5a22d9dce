using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Contracts.AuthV2;

/// <summary>
/// Subscription keys that the store has to be asked for: so many at once, and of a network that guesses one.
/// </summary>
public sealed class KeysInWorkTests
{
    private const string Guess = "99999999999999999999999999999999";

    [Fact]
    public async Task Beyond_the_bound_a_key_is_refused_at_once_and_one_that_is_remembered_is_not()
    {
        await using var server = await StartAsync("Turnstone:Limits:RequestsInWork=1");
        var keys = Keys(server);
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.UnprocessableEntity,
            ValidateAsync(server, Known.SubscriptionKey)
        );
        keys.Held = new TaskCompletionSource();
        var asking = ValidateAsync(server, Guess);
        await UntilAskedAsync(keys, 2);

        using (var refused = await ValidateAsync(server, Known.SecondaryKey))
        {
            await Golden.CheckAsync(refused, "subscription-503");
        }

        await AuthServer.AssertStatusAsync(
            HttpStatusCode.UnprocessableEntity,
            ValidateAsync(server, Known.SubscriptionKey)
        );
        keys.Held.SetResult();
        await AuthServer.AssertStatusAsync(HttpStatusCode.Unauthorized, asking);
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.UnprocessableEntity,
            ValidateAsync(server, Known.SecondaryKey)
        );
        Assert.Equal(3, keys.Asked);
    }

    [Fact]
    public async Task Of_a_network_that_was_refused_too_often_one_is_asked_for_at_a_time()
    {
        await using var server = await StartAsync("Turnstone:Limits:RefusalsPerNetwork:Count=1");
        var keys = Keys(server);
        await AuthServer.AssertStatusAsync(HttpStatusCode.Unauthorized, ValidateAsync(server, Guess));
        keys.Held = new TaskCompletionSource();
        var asking = ValidateAsync(server, Guess);
        await UntilAskedAsync(keys, 2);

        await AuthServer.AssertStatusAsync(HttpStatusCode.TooManyRequests, ValidateAsync(server, Guess));

        keys.Held.SetResult();
        await AuthServer.AssertStatusAsync(HttpStatusCode.TooManyRequests, asking);
        Assert.Equal(2, keys.Asked);
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.UnprocessableEntity,
            ValidateAsync(server, Known.SubscriptionKey)
        );
    }

    private static Task<TurnstoneServer> StartAsync(string setting) =>
        TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            [setting],
            services =>
                services.AddSingleton<ISubscriptionStore>(all => new HeldKeys(
                    all.GetRequiredService<Store>().Subscriptions
                ))
        );

    private static HeldKeys Keys(TurnstoneServer server) =>
        (HeldKeys)server.Services.GetRequiredService<ISubscriptionStore>();

    private static async Task<HttpResponseMessage> ValidateAsync(TurnstoneServer server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v2/validate");
        request.Headers.Add("Subscription-Key", key);
        return await server
            .Http.SendAsync(request, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private static async Task UntilAskedAsync(HeldKeys keys, int times)
    {
        while (keys.Asked < times)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}

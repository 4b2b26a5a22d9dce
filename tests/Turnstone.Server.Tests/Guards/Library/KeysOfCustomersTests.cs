using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>API keys and subscription keys at a guard of the library.</summary>
public sealed class KeysOfCustomersTests
{
    private const string Asked = "/forward-auth";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_needs_no_login_and_has_its_scopes()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server, options => options.TakesKeys = true);
        (string, string)[] good =
        [
            ("X-API-Key", Known.ApiKey),
            ("Subscription-Key", Known.SubscriptionKey),
            ("Ocp-Apim-Subscription-Key", Known.SecondaryKey),
        ];
        foreach (var key in good)
        {
            using var answer = await api.GetAsync("/individuals", null, key);
            Assert.Equal(200, (int)answer.StatusCode);
            Assert.Equal($"{await server.IdAsync()}", await answer.Content.ReadAsStringAsync(Cancel));
            Assert.Equal(403, await api.StatusAsync("/both", null, key));
        }

        Assert.Equal(200, await api.StatusAsync($"/me?subscription-key={Known.SubscriptionKey}", null));
        Assert.Equal(401, await api.StatusAsync("/me", null, ("X-API-Key", "guess")));
        Assert.Equal(401, await api.StatusAsync("/me", null, ("X-API-Key", "")));
        Assert.Equal(401, await api.StatusAsync("/me", null, ("Subscription-Key", Known.InactiveSubscriptionKey)));
        Assert.Equal(401, await api.StatusAsync("/me", null));
    }

    [Fact]
    public async Task All_that_is_sent_has_to_be_good_and_of_one_account()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server, options => options.TakesKeys = true);
        var token = await server.ByKeyAsync();
        Assert.Equal(200, await api.StatusAsync("/me", token, ("Subscription-Key", Known.SubscriptionKey)));
        Assert.Equal(401, await api.StatusAsync("/me", token, ("Subscription-Key", Known.OtherSubscriptionKey)));
        Assert.Equal(401, await api.StatusAsync("/me", token, ("Subscription-Key", Known.InactiveSubscriptionKey)));
        Assert.Equal(401, await api.StatusAsync("/me", "garbage", ("Subscription-Key", Known.SubscriptionKey)));
        Assert.Equal(400, await api.StatusAsync("/me", token, ("X-API-Key", Known.ApiKey)));
        Assert.Equal(
            401,
            await api.StatusAsync(
                "/me",
                null,
                ("Subscription-Key", Known.SubscriptionKey),
                ("Ocp-Apim-Subscription-Key", Known.SecondaryKey)
            )
        );
    }

    [Fact]
    public async Task A_key_is_remembered_while_the_feed_is_followed_and_not_past_its_end()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.FollowingAsync(server, options => options.TakesKeys = true);
        server.Time.Advance(TimeSpan.FromSeconds(5));
        var key = ("X-API-Key", Known.ApiKey);
        Assert.Equal(200, await api.StatusAsync("/me", null, key));
        Assert.Equal(200, await api.StatusAsync("/me", null, key));
        Assert.Equal(1, api.Road.AskedFor(Asked));

        var keys = server.Services.GetRequiredService<ApiKeys>();
        var account = await server.IdAsync();
        var own = (await keys.ListAsync(account, Cancel)).Single();
        var known = api.Guard.Ended.Version;
        Assert.NotNull(await keys.RevokeAsync(account, own.Id, Caller.Operator, Cancel));
        await api.UntilAsync(() => api.Guard.Ended.Version > known);
        Assert.Equal(401, await api.StatusAsync("/me", null, key));
    }

    [Fact]
    public async Task Without_the_feed_the_issuer_is_asked_about_a_key_each_time()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server, options => options.TakesKeys = true);
        var key = ("X-API-Key", Known.ApiKey);
        Assert.Equal((200, 200), (await api.StatusAsync("/me", null, key), await api.StatusAsync("/me", null, key)));
        Assert.Equal(2, api.Road.AskedFor(Asked));
        api.Road.Block();
        Assert.Equal(503, await api.StatusAsync("/me", null, key));
    }

    [Fact]
    public async Task An_API_that_takes_no_keys_knows_none()
    {
        await using var server = await PortalServer.StartAsync();
        await using var api = await GuardedApi.StartAsync(server);
        Assert.Equal(401, await api.StatusAsync("/me", null, ("X-API-Key", Known.ApiKey)));
        Assert.Equal(0, api.Road.AskedFor(Asked));
    }
}

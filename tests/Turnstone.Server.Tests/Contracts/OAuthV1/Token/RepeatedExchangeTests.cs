using System.Net;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.Token;

/// <summary>An exchange of a code whose answer did not arrive, or could not be given.</summary>
public sealed class RepeatedExchangeTests
{
    private static readonly (string Name, string Value) Key = ("Idempotency-Key", "exchange-1");

    [Theory]
    [InlineData("user")]
    [InlineData("company")]
    public async Task With_its_Idempotency_Key_it_gets_the_same_answer(string type)
    {
        await using var server = await Wire.StartAsync();
        var body = Wire.CodeBody(await server.CodeAsync("oauth-v1"));
        var (_, lost) = await server.JsonAsync($"/v1/oauth/token/{type}", body, Key).PairAsync();

        var (access, again) = await server.JsonAsync($"/v1/oauth/token/{type}", body, Key).PairAsync();

        Assert.Equal(lost, again);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/v1/oauth/token", access)).StatusCode);
    }

    [Fact]
    public async Task At_oauth2_too()
    {
        await using var server = await Wire.StartAsync();
        var form =
            $"grant_type=authorization_code&redirect_uri={Wire.Redirect}&code={await server.CodeAsync("oauth2")}";
        var client = Wire.Basic(Known.ClientId, Known.ClientSecret);
        var (_, lost) = await server.FormAsync("/oauth2/token", form, client, Key).PairAsync();

        var (_, again) = await server.FormAsync("/oauth2/token", form, client, Key).PairAsync();

        Assert.Equal(lost, again);
    }

    [Fact]
    public async Task As_the_other_type_of_token_it_is_a_second_use()
    {
        await using var server = await Wire.StartAsync();
        var body = Wire.CodeBody(await server.CodeAsync("oauth-v1"));
        var (access, _) = await server.JsonAsync("/v1/oauth/token/user", body, Key).PairAsync();

        using var other = await server.JsonAsync("/v1/oauth/token/company", body, Key);

        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.GetAsync("/v1/oauth/token", access)).StatusCode);
    }

    /// <summary>
    /// The email that a company's answer names is read before the commit: when that fails, nothing was changed, as the
    /// answer says, and the client may repeat as it is told.
    /// </summary>
    [Theory]
    [InlineData("authorization_code")]
    [InlineData("refresh_token")]
    public async Task An_answer_that_says_that_nothing_was_changed_is_true(string grantType)
    {
        var accounts = DispatchProxy.Create<IAccountStore, AwayAccounts>();
        await using var server = await TurnstoneServer.StartAsync(
            AllContracts.MapAll,
            services: services =>
                services.AddSingleton(provider =>
                {
                    ((AwayAccounts)(object)accounts).Inner = provider.GetRequiredService<Store>().Accounts;
                    return accounts;
                })
        );
        var body =
            grantType == "refresh_token"
                ? Wire.RefreshBody((await server.OAuthV1Async("company")).Refresh)
                : Wire.CodeBody(await server.CodeAsync("oauth-v1"));
        ((AwayAccounts)(object)accounts).Away = true;
        using (var away = await server.JsonAsync("/v1/oauth/token/company", body))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        }

        ((AwayAccounts)(object)accounts).Away = false;
        server.Time.Advance(TimeSpan.FromSeconds(grantType == "refresh_token" ? 120 : 1));
        await server.JsonAsync("/v1/oauth/token/company", body).PairAsync();
    }

    /// <summary>Accounts that cannot be read while they are away.</summary>
    public class AwayAccounts : DispatchProxy
    {
        public IAccountStore? Inner { get; set; }

        public bool Away { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            Away && targetMethod!.Name == nameof(IAccountStore.FindAsync)
                ? throw new StoreUnavailableException()
                : targetMethod!.Invoke(Inner, args);
    }
}

using Turnstone.Server.Tests.Contracts;

namespace Turnstone.Server.Tests.Guards.Library;

/// <summary>Tokens for a guarded API.</summary>
internal static class GuardedTokens
{
    public static async Task<string> ByKeyAsync(this TurnstoneServer server)
    {
        using var login = await server.Http.LoginV3Async();
        return (await login.JsonAsync()).GetProperty("access_token").GetString()!;
    }

    public static async Task<string> ByPasswordAsync(this TurnstoneServer server)
    {
        using var login = await server.Http.LoginV2Async();
        return await login.AccessOfSetAsync();
    }

    public static async Task<string> ByCodeAsync(this TurnstoneServer server)
    {
        var code = await Known.CodeAsync(server.Services, "auth");
        using var answer = await server.Http.GetAsync(
            new Uri($"/auth/v1/token?code={code}", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        return await answer.AccessOfSetAsync();
    }

    public static async Task<string> ByCodeOfClientAsync(this TurnstoneServer server)
    {
        var code = await Known.CodeAsync(
            server.Services,
            "oauth-v1",
            Known.ClientId,
            Known.RedirectUri,
            scopes: "individuals.read"
        );
        using var answer = await server.Http.ExchangeV1Async("user", code);
        return (await answer.JsonAsync()).GetProperty("access_token").GetString()!;
    }

    public static async Task<string> OfProgramAsync(this TurnstoneServer server, string? resource = null)
    {
        (string, string)[] form =
        [
            ("grant_type", "client_credentials"),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret),
            .. resource is null ? [] : new[] { ("resource", resource) },
        ];
        using var answer = await server.Http.OAuth2TokenAsync(form);
        return (await answer.JsonAsync()).GetProperty("access_token").GetString()!;
    }
}

using System.Net;
using Turnstone.Model;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>Whoever has the database has no secret of anybody.</summary>
public sealed class StolenDatabaseTests
{
    [Fact]
    public async Task It_holds_no_password_key_code_or_token_that_is_readable()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = await Visitor.SignedInAsync(server);
        using var byPassword = await server.Http.LoginV2Async();
        using var byKey = await server.Http.LoginV3Async();
        using var refreshed = await server.Http.RefreshV2Async(await byPassword.RefreshOfSetAsync(), "a key");
        using var program = await server.Http.OAuth2TokenAsync(
            ("grant_type", "client_credentials"),
            ("client_id", Known.ClientId),
            ("client_secret", Known.ClientSecret)
        );
        var code = await Known.CodeAsync(server.Services, "auth");
        Assert.All(
            [byPassword, byKey, refreshed, program],
            answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created)
        );

        var stored = await server.StoredAsync();

        Assert.Contains(Known.Email, stored, StringComparison.Ordinal);
        Assert.False(WrittenLog.HoldsSecret(stored));
        Assert.DoesNotContain(code, stored, StringComparison.Ordinal);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Contracts.AuthV2.Validate;

public sealed class Unauthorized401Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Theory]
    [InlineData("Bearer a.b.c")]
    [InlineData("rubbish")]
    [InlineData("Bearer eyJhbGciOiJub25lIn0.e30.")]
    public async Task A_token_that_is_none_is_refused(string header)
    {
        using var response = await auth.V2Async("validate", null, ("Authorization", header));
        await Golden.CheckAsync(response, "validate-401-invalid");
    }

    [Fact]
    public async Task A_refresh_token_is_not_an_access_token()
    {
        using var response = await auth.V2Async(
            "validate",
            null,
            ("Authorization", $"Bearer {(await auth.LoginAsync()).Refresh}")
        );
        await Golden.CheckAsync(response, "validate-401-invalid");
    }

    [Fact]
    public async Task A_revoked_token_is_refused()
    {
        await using var own = await AuthServer.StartAsync();
        var pair = await own.LoginAsync();
        var account = await Known.AccountAsync(own.Server.Services);
        await own
            .Server.Services.GetRequiredService<SessionRevocation>()
            .EndAllAsync(
                SessionHolder.Account(account!.Id),
                RevocationReason.ByOperator,
                Caller.Operator,
                TestContext.Current.CancellationToken
            );
        using var response = await own.V2Async("validate", null, ("Authorization", pair.Access));
        await Golden.CheckAsync(response, "validate-401-revoked");
    }

    [Fact]
    public async Task An_expired_token_is_told_apart()
    {
        await using var own = await AuthServer.StartAsync();
        var pair = await own.LoginAsync();
        own.Server.Time.Advance(TimeSpan.FromSeconds(43_200 + 10));
        using var response = await own.V2Async("validate", null, ("Authorization", pair.Access));
        await Golden.CheckAsync(response, "validate-401-expired");
    }
}

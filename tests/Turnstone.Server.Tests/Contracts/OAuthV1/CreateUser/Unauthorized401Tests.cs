using Turnstone.Directory;

namespace Turnstone.Server.Tests.Contracts.OAuthV1.CreateUser;

public sealed class Unauthorized401Tests
{
    private const string Path = "/v1/oauth/token/create/user";

    [Fact]
    public async Task Without_a_token_of_a_company_nothing_is_read()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync(Path, "{"), "create-user-missing-token-401");
        await Golden.CheckAsync(
            await server.JsonAsync(Path, "{", ("Authorization", "Bearer not.a.token")),
            "create-user-invalid-token-401"
        );
    }

    [Fact]
    public async Task An_expired_token_is_told_apart()
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        server.Time.Advance(TimeSpan.FromDays(31));
        await Golden.CheckAsync(
            await server.JsonAsync(
                Path,
                Wire.Json(("user_input", Known.Email)),
                ("Authorization", $"Bearer {company}")
            ),
            "create-user-expired-token-401"
        );
    }

    [Fact]
    public async Task A_company_whose_session_has_ended_is_refused()
    {
        await using var server = await Wire.StartAsync();
        var (company, refresh) = await server.OAuthV1Async("company");
        await server.FormAsync("/oauth2/revoke", $"token={refresh}", Wire.Basic(Known.ClientId, Known.ClientSecret));
        await Golden.CheckAsync(
            await server.JsonAsync(
                Path,
                Wire.Json(("user_input", Known.Email)),
                ("Authorization", $"Bearer {company}")
            ),
            "create-user-invalid-token-401"
        );
    }
}

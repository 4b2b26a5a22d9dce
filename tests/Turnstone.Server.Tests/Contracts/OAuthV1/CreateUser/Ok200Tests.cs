namespace Turnstone.Server.Tests.Contracts.OAuthV1.CreateUser;

public sealed class Ok200Tests
{
    private const string Path = "/v1/oauth/token/create/user";

    [Theory]
    [InlineData("individuals.read")]
    [InlineData("")]
    public async Task A_company_gets_a_token_for_its_own_user(string scope)
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        var response = await server.JsonAsync(
            Path,
            Wire.Json(("user_input", Known.Email), ("scope", scope)),
            ("Authorization", $"Bearer {company}")
        );
        await Golden.CheckAsync(response, "create-user-200");
    }

    [Fact]
    public async Task A_user_that_let_the_client_in_can_be_acted_for()
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        await server.OAuthV1Async(email: Known.OtherEmail);
        await Golden.CheckAsync(
            await server.JsonAsync(
                Path,
                Wire.Json(("user_input", Known.OtherEmail)),
                ("Authorization", $"Bearer {company}")
            ),
            "create-user-200"
        );
    }

    [Fact]
    public async Task A_form_is_taken_like_JSON()
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        var form = $"user_input={Uri.EscapeDataString(Known.Email)}&scope=individuals.read";
        await Golden.CheckAsync(
            await server.FormAsync(Path, form, ("Authorization", $"Bearer {company}")),
            "create-user-200"
        );
    }
}

namespace Turnstone.Server.Tests.Dialects.OAuthV1;

public sealed class CreateUserTests
{
    private const string Path = "/v1/oauth/token/create/user";

    [Theory]
    [InlineData("individuals.read")]
    [InlineData("")]
    public async Task A_company_gets_a_token_for_its_own_user(string scope)
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        var response = await server.JsonAsync(Path, Wire.Json(("user_input", Known.Email), ("scope", scope)), ("Authorization", $"Bearer {company}"));
        await Golden.CheckAsync(response, "create-user-200");
    }

    [Theory]
    [InlineData(Known.OtherEmail)]
    [InlineData("nobody@example.test")]
    [InlineData("no email")]
    public async Task A_user_that_never_let_the_client_in_is_answered_like_one_that_does_not_exist(string email)
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        await Golden.CheckAsync(await server.JsonAsync(Path, Wire.Json(("user_input", email)), ("Authorization", $"Bearer {company}")), "create-user-unavailable-400");
    }

    [Fact]
    public async Task A_user_that_let_the_client_in_can_be_acted_for()
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        await server.OAuthV1Async(email: Known.OtherEmail);
        await Golden.CheckAsync(await server.JsonAsync(Path, Wire.Json(("user_input", Known.OtherEmail)), ("Authorization", $"Bearer {company}")), "create-user-200");
    }

    [Fact]
    public async Task A_users_token_does_not_act_for_a_company()
    {
        await using var server = await Wire.StartAsync();
        var (user, _) = await server.OAuthV1Async();
        await Golden.CheckAsync(await server.JsonAsync(Path, Wire.Json(("user_input", Known.Email)), ("Authorization", $"Bearer {user}")), "create-user-by-user-400");
    }

    [Fact]
    public async Task Without_a_token_it_is_a_401_and_a_wider_scope_or_no_user_a_400()
    {
        await using var server = await Wire.StartAsync();
        await Golden.CheckAsync(await server.JsonAsync(Path, "{}"), "validate-missing-401");
        var (company, _) = await server.OAuthV1Async("company");
        await Golden.CheckAsync(await server.JsonAsync(Path, "{}", ("Authorization", $"Bearer {company}")), "create-user-missing-400");
        await Golden.CheckAsync(await server.JsonAsync(Path, Wire.Json(("user_input", Known.Email), ("scope", "email")), ("Authorization", $"Bearer {company}")), "create-user-scope-400");
    }
}

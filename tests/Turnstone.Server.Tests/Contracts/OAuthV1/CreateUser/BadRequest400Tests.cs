namespace Turnstone.Server.Tests.Contracts.OAuthV1.CreateUser;

public sealed class BadRequest400Tests
{
    private const string Path = "/v1/oauth/token/create/user";

    [Theory]
    [InlineData(Known.OtherEmail)]
    [InlineData("nobody@example.test")]
    [InlineData("no email")]
    public async Task A_user_that_never_let_the_client_in_is_answered_like_one_that_does_not_exist(string email)
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        await Golden.CheckAsync(
            await server.JsonAsync(Path, Wire.Json(("user_input", email)), ("Authorization", $"Bearer {company}")),
            "create-user-unavailable-400"
        );
    }

    [Fact]
    public async Task A_users_token_does_not_act_for_a_company()
    {
        await using var server = await Wire.StartAsync();
        var (user, _) = await server.OAuthV1Async();
        await Golden.CheckAsync(
            await server.JsonAsync(Path, Wire.Json(("user_input", Known.Email)), ("Authorization", $"Bearer {user}")),
            "create-user-by-user-400"
        );
    }

    [Fact]
    public async Task Nor_does_a_token_of_another_contract()
    {
        await using var server = await Wire.StartAsync();
        foreach (var (access, _) in new[] { await server.OAuth2Async(), await server.SessionV3Async() })
        {
            await Golden.CheckAsync(
                await server.JsonAsync(
                    Path,
                    Wire.Json(("user_input", Known.Email)),
                    ("Authorization", $"Bearer {access}")
                ),
                "create-user-by-user-400"
            );
        }
    }

    [Fact]
    public async Task Nor_that_of_a_client_that_may_not_have_users_tokens()
    {
        await using var server = await Wire.StartAsync();
        await OwnClient.AddAsync(server, client => client with { TokenTypes = ["company"] });
        var (company, _) = await server
            .JsonAsync("/v1/oauth/token/company", OwnClient.CodeBody(await server.CodeAsync("oauth-v1", OwnClient.Id)))
            .PairAsync();
        await Golden.CheckAsync(
            await server.JsonAsync(
                Path,
                Wire.Json(("user_input", Known.Email)),
                ("Authorization", $"Bearer {company}")
            ),
            "create-user-by-user-400"
        );
    }

    [Theory]
    [InlineData("create-user-missing-400", "{}")]
    [InlineData("create-user-missing-400", """{"user_input":""}""")]
    [InlineData("create-user-wrong-type-400", """{"user_input":7}""")]
    [InlineData("create-user-not-json-400", "{")]
    [InlineData("create-user-not-json-400", "[]")]
    [InlineData("create-user-scope-400", $$"""{"user_input":"{{Known.Email}}","scope":"email"}""")]
    [InlineData("create-user-scope-400", $$"""{"user_input":"{{Known.Email}}","scope":"\""}""")]
    public async Task A_wider_scope_no_user_and_what_cannot_be_read_get_their_errors(string golden, string body)
    {
        await using var server = await Wire.StartAsync();
        var (company, _) = await server.OAuthV1Async("company");
        await Golden.CheckAsync(await server.JsonAsync(Path, body, ("Authorization", $"Bearer {company}")), golden);
    }
}

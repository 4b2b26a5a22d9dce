namespace Turnstone.Server.Tests.Contracts.AuthV2.Login;

public sealed class Unauthorized401Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        using var response = await auth.V2Async("login", AuthServer.LoginBody(password: "wrong"));
        await Golden.CheckAsync(response, "login-401");
    }

    [Theory]
    [InlineData("nobody@example.test", Known.Password)]
    [InlineData("not an email", Known.Password)]
    [InlineData("", Known.Password)]
    [InlineData("ada@example.test\0", Known.Password)]
    [InlineData(Known.Email, "")]
    [InlineData(Known.Email, "correct horse battery staple\0")]
    [InlineData(Known.OtherEmail, Known.Password)]
    public async Task Whatever_is_wrong_the_bytes_are_those_of_a_wrong_password(string email, string password)
    {
        using var response = await auth.V2Async("login", AuthServer.LoginBody(email, password));
        await Golden.CheckAsync(response, "login-401");
    }
}

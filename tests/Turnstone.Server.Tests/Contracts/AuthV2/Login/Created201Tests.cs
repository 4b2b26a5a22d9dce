using System.Net;

namespace Turnstone.Server.Tests.Contracts.AuthV2.Login;

public sealed class Created201Tests(AuthServer auth) : IClassFixture<AuthServer>
{
    [Fact]
    public async Task Email_and_password_give_a_token_set()
    {
        using var response = await auth.V2Async("login", AuthServer.LoginBody());
        await Golden.CheckAsync(response, "login-201");
    }

    [Fact]
    public async Task The_access_token_begins_as_in_the_document() =>
        Assert.StartsWith(
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6I",
            (await auth.LoginAsync()).Access,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Unknown_members_are_ignored_and_the_email_is_taken_in_any_case() =>
        await AuthServer.AssertStatusAsync(
            HttpStatusCode.Created,
            auth.V2Async("login", $$"""{"device":[1],"username":"ADA@Example.Test","password":"{{Known.Password}}"}""")
        );

    [Fact]
    public async Task A_trailing_slash_is_the_same_call() =>
        await AuthServer.AssertStatusAsync(HttpStatusCode.Created, auth.V2Async("login/", AuthServer.LoginBody()));
}

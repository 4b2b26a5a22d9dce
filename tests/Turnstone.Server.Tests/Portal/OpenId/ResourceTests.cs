using System.Net;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal.Authorize;

namespace Turnstone.Server.Tests.Portal.OpenId;

/// <summary>Nobody is given a token for this server who has asked for another's (RFC 8707).</summary>
public sealed class ResourceTests
{
    private const string Audience = "https://api.example.test";

    [Theory]
    [InlineData("", null)]
    [InlineData("&resource=https%3A%2F%2Fapi.example.test", null)]
    [InlineData("&resource=https%3A%2F%2Fapi.example.test&resource=https%3A%2F%2Fapi.example.test", null)]
    [InlineData("&resource=https%3A%2F%2Fother.example.test", "invalid_target")]
    [InlineData("&resource=https%3A%2F%2Fapi.example.test&resource=https%3A%2F%2Fother.example.test", "invalid_target")]
    [InlineData("&resource=", null)]
    public async Task A_program_names_the_audience_or_nothing(string resource, string? error)
    {
        await using var server = await Wire.StartAsync($"Turnstone:Audience={Audience}");

        using var answer = await server.FormAsync(
            "/oauth2/token",
            $"grant_type=client_credentials{resource}",
            Wire.Basic(Known.ClientId, Known.ClientSecret)
        );

        var body = await answer.JsonAsync();
        Assert.Equal(error is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, body.TryGetProperty("error", out var code) ? code.GetString() : null);
    }

    [Fact]
    public async Task A_person_is_not_asked_for_consent_to_a_token_that_would_not_come()
    {
        await using var server = await PortalServer.StartAsync([$"Turnstone:Audience={Audience}"]);
        using var visitor = await Visitor.SignedInAsync(server);

        using var answer = await visitor.GetAsync(AuthorizeUrl.OAuth2(("resource", "https://other.example.test")));

        Assert.Equal("invalid_target", answer.Answer()["error"]);
    }
}

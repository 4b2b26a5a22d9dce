using System.Net;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// A web page that makes the browsers of an office send requests to us closes none of the sign-ins behind that address.
/// </summary>
public sealed class ImagesOnAPageTests
{
    private const int MoreThanRefused = 20;

    [Theory]
    [InlineData("/auth/v2/picture.png")]
    [InlineData("/auth/v2/login")]
    [InlineData("/auth/v2/picture.png?subscription-key=0123456789abcdef0123456789abcdee")]
    [InlineData("/auth/v1/token?code=guessed")]
    public async Task Requests_that_a_page_can_send_close_no_sign_in(string image)
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Limits:RefusalsPerNetwork:Count=10"]);
        for (var i = 0; i < MoreThanRefused; i++)
        {
            using var refused = await server.Http.GetAsync(
                new Uri(image, UriKind.Relative),
                TestContext.Current.CancellationToken
            );
            Assert.InRange((int)refused.StatusCode, 400, 499);
        }

        using var login = await server.Http.LoginV2Async();
        Assert.Equal(HttpStatusCode.Created, login.StatusCode);
        using var keyLogin = await server.Http.LoginV3Async();
        Assert.Equal(HttpStatusCode.OK, keyLogin.StatusCode);
        using var visitor = await Visitor.SignedInAsync(server);
    }

    [Fact]
    public async Task Guesses_at_passwords_are_still_counted_together_whatever_they_are_sent_to()
    {
        await using var server = await PortalServer.StartAsync(["Turnstone:Limits:RefusalsPerNetwork:Count=10"]);
        using var visitor = new Visitor(server);
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await server.Http.LoginV2Async($"nobody{i}@example.test", "a wrong password");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var right = await server.Http.LoginV2Async();
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
        using var portal = await visitor.SendAsync(
            "/portal/sign-in",
            form: null,
            ("Email", Known.Email),
            ("Password", Known.Password)
        );
        Assert.NotEqual(HttpStatusCode.Redirect, portal.StatusCode);
    }
}

using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks;

/// <summary>
/// Cookies and form tokens that this server did not make are the sender's fault and no failure of ours.
/// </summary>
public sealed class BentCookiesTests
{
    [Theory]
    [InlineData("turnstone-form=CfDJ8AAAA")]
    [InlineData("turnstone-notice=!!!!")]
    [InlineData("turnstone-notice=CfDJ8AAAA")]
    [InlineData("turnstone-session=CfDJ8AAAA")]
    [InlineData("turnstone-zone=Nowhere/At_All; turnstone-language=c%3Dxx")]
    public async Task They_leave_nothing_in_the_log(string cookie)
    {
        await using var server = await PortalServer.StartAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var request = new HttpRequestMessage(method, "/portal/sign-in");
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            request.Content =
                method == HttpMethod.Post
                    ? new FormUrlEncodedContent([new("__RequestVerificationToken", "CfDJ8AAAAAAAAAAAAAAA")])
                    : null;
            using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.InRange((int)answer.StatusCode, 200, 499);
        }

        Assert.DoesNotContain(
            server.Log.Lines,
            line =>
                line.StartsWith("Error ", StringComparison.Ordinal)
                || line.StartsWith("Warning Microsoft.", StringComparison.Ordinal)
        );
    }
}

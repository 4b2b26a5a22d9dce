using System.Net;

namespace Turnstone.Server.Tests.Portal.Shell;

/// <summary>Where a sign-in and a choice of language lead on to.</summary>
public sealed class LocalTargetTests
{
    [Theory]
    [InlineData("/portal/ä")]
    [InlineData("/\u00A0")]
    [InlineData("/portal/a b")]
    public async Task A_target_that_no_header_takes_leads_to_the_first_page(string wanted)
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        var path = $"/portal/sign-in?ReturnUrl={Uri.EscapeDataString(wanted)}";

        using var chosen = await visitor.SendAsync(
            "/portal/sign-in",
            "/portal/language",
            ("language", "en"),
            ("returnUrl", wanted)
        );
        using var entered = await visitor.SendAsync(path, path, ("Email", Known.Email), ("Password", Known.Password));
        using var inAlready = await visitor.GetAsync(path);

        foreach (var answer in new[] { chosen, entered, inAlready })
        {
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal("/portal", answer.Headers.Location?.OriginalString);
        }
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_is_never_led_to_the_host_that_a_request_has_named()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/portal/profile?a=b", UriKind.Relative));
        request.Headers.Host = "evil.example.test:8443";

        using var answer = await visitor.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("/portal/sign-in?ReturnUrl=%2Fportal%2Fprofile%3Fa%3Db", answer.Headers.Location?.OriginalString);
    }
}

using System.Net;
using Turnstone.Server.Tests.Mail;

namespace Turnstone.Server.Tests.Portal.Outbox;

public sealed class OutboxTests
{
    [Fact]
    public async Task In_development_without_a_mail_server_it_shows_letters_as_text_and_their_links_lead_here()
    {
        await using var server = await PortalServer.StartAsync();
        using var visitor = new Visitor(server);
        Assert.Contains(
            "There are no emails yet.",
            await visitor.PageAsync("/portal/outbox"),
            StringComparison.Ordinal
        );
        await server.SendAsync(
            subject: "<script>alert(1)</script>",
            text: "<b>bold</b>\nhttps://id.example.test/portal/confirm-email?a=1&b=2\nhttps://evil.example.test/"
        );

        var page = await visitor.PageAsync("/portal/outbox");

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>bold", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/portal/confirm-email?a=1&amp;b=2\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"https://evil", page, StringComparison.Ordinal);
    }

    /// <summary>A page of another name that leads here would read the emails (DNS rebinding).</summary>
    [Theory]
    [InlineData("rebound.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.rebound.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost.rebound.example:8400", HttpStatusCode.MisdirectedRequest)]
    [InlineData("10.0.0.5", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost:8400", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:8400", HttpStatusCode.OK)]
    [InlineData("id.example.test", HttpStatusCode.OK)]
    public async Task It_is_shown_under_the_names_of_this_machine_and_of_the_issuer(
        string host,
        HttpStatusCode expected
    )
    {
        await using var server = await PortalServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/portal/outbox");
        request.Headers.Host = host;

        using var answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task With_a_mail_server_there_is_no_such_page()
    {
        await using var server = await PortalServer.StartAsync([
            "Turnstone:Mail:Host=127.0.0.1",
            "Turnstone:Mail:From=portal@example.test",
        ]);
        using var visitor = new Visitor(server);

        using var answer = await visitor.GetAsync("/portal/outbox");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}

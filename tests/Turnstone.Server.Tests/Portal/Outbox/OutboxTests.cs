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

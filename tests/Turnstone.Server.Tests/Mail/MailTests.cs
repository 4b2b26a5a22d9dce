using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Mail;

public sealed class MailTests
{
    [Fact]
    public async Task A_letter_reaches_the_mail_server_as_plain_text_from_the_address_of_the_settings()
    {
        await using var smtp = new SmtpListener();
        await using var server = await StartAsync(smtp);

        Queue(server)
            .Send(new Letter("ada@example.test", "Grüße", "One line.\nhttps://id.example.test/portal?a=b&c=d\n"));
        var mail = await smtp.NextAsync();

        Assert.Equal("MAIL FROM:<portal@example.test>", mail.From);
        Assert.Equal("RCPT TO:<ada@example.test>", mail.To);
        Assert.Contains("text/plain; charset=utf-8", mail.Headers, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Subject: =?utf-8?", mail.Headers, StringComparison.Ordinal);
        Assert.Contains("Auto-Submitted: auto-generated", mail.Headers, StringComparison.Ordinal);
        Assert.Contains("https://id.example.test/portal?a=b&c=d", mail.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_mail_server_will_not_take_yet_is_tried_again()
    {
        await using var smtp = new SmtpListener();
        smtp.Refusals.Enqueue("451 later");
        smtp.Refusals.Enqueue("421 later still");
        await using var server = await StartAsync(smtp);

        Queue(server).Send(new Letter("ada@example.test", "First", "text"));
        var mail = await smtp.NextAsync();

        Assert.Contains("ada@example.test", mail.To, StringComparison.Ordinal);
        Assert.Equal(3, smtp.Attempts);
    }

    [Fact]
    public async Task What_the_mail_server_refuses_for_good_is_given_up_and_the_log_names_nobody()
    {
        await using var smtp = new SmtpListener();
        smtp.Refusals.Enqueue("550 <ada@example.test> is unknown here");
        await using var server = await StartAsync(smtp);

        Queue(server).Send(new Letter("ada@example.test", "A private subject", "A private text"));
        while (!server.Log.Lines.Any(line => line.Contains("1202", StringComparison.Ordinal)))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        // Letters go two at a time, so the second waits until the first is done with.
        Queue(server).Send(new Letter("grace@example.test", "Second", "text"));
        var mail = await smtp.NextAsync();

        Assert.Contains("grace@example.test", mail.To, StringComparison.Ordinal);
        Assert.Equal(2, smtp.Attempts);
        Assert.DoesNotContain(
            server.Log.Lines,
            line =>
                line.Contains("Mail", StringComparison.Ordinal)
                && (
                    line.Contains("ada@", StringComparison.Ordinal)
                    || line.Contains("private", StringComparison.Ordinal)
                )
        );
    }

    [Theory]
    [InlineData("ada@example.test\r\nBcc: all@example.test", "Subject")]
    [InlineData("ada@example.test, grace@example.test", "Subject")]
    [InlineData("Ada <ada@example.test>", "Subject")]
    [InlineData("ada", "Subject")]
    [InlineData("ada@example.test", "Subject\r\nBcc: all@example.test")]
    [InlineData("ada@example.test", "Subject\n\nAnother body")]
    [InlineData("ada@example.test", "")]
    public void No_letter_takes_a_second_address_or_header(string to, string subject) =>
        Assert.ThrowsAny<ArgumentException>(() => new Letter(to, subject, "text"));

    [Fact]
    public async Task A_mail_server_that_is_away_fills_the_queue_and_holds_up_nobody()
    {
        await using var server = await PortalServer.StartAsync([
            "Turnstone:Mail:Host=127.0.0.1",
            "Turnstone:Mail:Port=1",
            "Turnstone:Mail:From=portal@example.test",
            "Turnstone:Mail:Security=None",
        ]);
        var queue = Queue(server);

        for (var i = 0; i < MailQueue.Capacity + 10; i++)
        {
            queue.Send(new Letter("ada@example.test", "Subject", "text"));
        }

        Assert.Equal(MailQueue.Capacity, queue.Depth);
        Assert.Contains(server.Log.Lines, line => line.Contains("1203", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_outbox_keeps_the_last_letters_and_no_more()
    {
        await using var server = await PortalServer.StartAsync();
        for (var i = 0; i < 120; i++)
        {
            Queue(server).Send(new Letter("ada@example.test", $"Letter {i}", "text"));
        }

        var letters = server.Services.GetRequiredService<Outbox>().Letters;
        Assert.Equal(100, letters.Count);
        Assert.Equal("Letter 119", letters[0].Letter.Subject);
    }

    private static MailQueue Queue(TurnstoneServer server) => server.Services.GetRequiredService<MailQueue>();

    private static Task<TurnstoneServer> StartAsync(SmtpListener smtp) =>
        PortalServer.StartAsync(
            [
                "Turnstone:Mail:Host=127.0.0.1",
                $"Turnstone:Mail:Port={smtp.Port}",
                "Turnstone:Mail:From=portal@example.test",
                "Turnstone:Mail:Security=None",
            ],
            services =>
                services.Replace(
                    ServiceDescriptor.Singleton(
                        new MailPatience(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20))
                    )
                )
        );
}

using Turnstone.Server.Mail;

namespace Turnstone.Server.Tests.Mail;

/// <summary>What the mail server is told, byte by byte.</summary>
public sealed class SmtpWireTests
{
    private const string Text =
        "One line.\nhttps://id.example.test/portal?a=b&c=d\n\n.A line with a dot before it, and a blank after it \n"
        + "Grüße – and a line that is longer than the seventy-six characters that quoted-printable puts into one.\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_letter_is_plain_text_from_the_address_of_the_settings()
    {
        var mail = await DeliveredAsync("ada@example.test");

        Assert.Equal("MAIL FROM:<portal@example.test>", mail.From);
        Assert.Equal("RCPT TO:<ada@example.test>", mail.To);
        Assert.Equal("portal@example.test", mail.Header("From"));
        Assert.Equal("ada@example.test", mail.Header("To"));
        Assert.Equal("=?utf-8?b?R3LDvMOfZQ==?=", mail.Header("Subject"));
        Assert.Equal("text/plain; charset=utf-8", mail.Header("Content-Type"));
        Assert.Equal("auto-generated", mail.Header("Auto-Submitted"));
        Assert.Equal(Text.ReplaceLineEndings("\r\n"), mail.Body);
    }

    // RFC 2045 §6.7 (4): a line end of the text is one on the wire, and not =0A; (5): no line is longer than 76.
    [Fact]
    public async Task Every_line_of_the_text_is_a_line_on_the_wire()
    {
        var mail = await DeliveredAsync("ada@example.test");

        Assert.DoesNotMatch(@"(?<!\r)\n|\r(?!\n)", mail.Data);
        Assert.DoesNotMatch("=0[AaDd]", mail.Raw);
        Assert.Contains("\r\nhttps://id.example.test/portal?a=3Db&c=3Dd\r\n", mail.Raw, StringComparison.Ordinal);
        Assert.All(mail.Raw.Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));
    }

    // RFC 5322 §3.6.1 and §3.6.4.
    [Fact]
    public async Task A_letter_says_when_it_was_written_and_has_an_id_of_its_own()
    {
        await using var smtp = new SmtpListener();
        await using var server = await MailServer.StartAsync(smtp);
        await server.SendAsync();
        await server.SendAsync();
        var (first, second) = (await smtp.NextAsync(), await smtp.NextAsync());

        Assert.Equal("Tue, 06 May 2031 07:08:09 +0000", first.Header("Date"));
        Assert.Matches(@"^<[0-9a-f]{32}@example\.test>$", first.Header("Message-Id"));
        Assert.NotEqual(first.Header("Message-Id"), second.Header("Message-Id"));
    }

    [Fact]
    public async Task A_domain_of_other_letters_goes_to_any_server_and_such_a_name_only_to_one_that_knows_them()
    {
        Assert.Equal("RCPT TO:<ada@xn--bcher-kva.example>", (await DeliveredAsync("ada@bücher.example")).To);

        await using var smtp = new SmtpListener();
        await using var server = await MailServer.StartAsync(smtp);
        await server.SendAsync("zoë@example.test");
        await server.UntilLoggedAsync(1201);
        Assert.Equal(0, smtp.Attempts);
    }

    [Theory]
    [InlineData("CONNECT", "None")]
    [InlineData("CONNECT", "Tls")]
    [InlineData("EHLO", "None")]
    [InlineData("RCPT", "None")]
    [InlineData("DATA", "None")]
    [InlineData(".", "None")]
    public async Task A_conversation_is_cancelled_wherever_it_stands(string command, string security)
    {
        await using var smtp = new SmtpListener { SilentAt = command };
        await using var server = await MailServer.StartAsync(smtp, security);
        var post = server.Post();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var delivery = post.DeliverAsync(
            new Letter("ada@example.test", "Subject", "text"),
            Guid.Empty,
            server.Time.Now,
            cut.Token
        );
        await smtp.Silent.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        await cut.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            delivery.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_letter_that_was_taken_is_not_sent_again_because_the_farewell_failed(bool cancelled)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using var smtp = new SmtpListener { SilentAt = "QUIT" };
        await using var server = await MailServer.StartAsync(smtp);
        var delivery = server
            .Post()
            .DeliverAsync(new Letter("ada@example.test", "Subject", "text"), Guid.Empty, server.Time.Now, cut.Token);
        await smtp.Silent.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        await (cancelled ? cut.CancelAsync() : smtp.HangUpAsync());

        await delivery.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    private static async Task<ReceivedMail> DeliveredAsync(string to)
    {
        await using var smtp = new SmtpListener();
        await using var server = await MailServer.StartAsync(smtp);
        await server.SendAsync(to, "Grüße", Text);
        return await smtp.NextAsync();
    }
}

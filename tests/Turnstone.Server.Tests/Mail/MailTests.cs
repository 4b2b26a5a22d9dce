using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Tests.Portal;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Mail;

/// <summary>Which letters are sent, which are tried again, and which are given up.</summary>
public sealed class MailTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_mail_server_will_not_take_yet_is_tried_again_when_its_wait_is_over()
    {
        await using var smtp = new SmtpListener();
        smtp.Refusals.Enqueue("451 later");
        smtp.Refusals.Enqueue("421 later still");
        await using var server = await MailServer.StartAsync(smtp);

        await server.SendAsync();
        await server.UntilLoggedAsync(1201);
        Assert.Equal(1, smtp.Attempts);
        server.Time.Advance(MailSchedule.Usual.Waits[0]);
        await server.UntilLoggedAsync(1201, times: 2);
        server.Time.Advance(MailSchedule.Usual.Waits[1]);
        var mail = await smtp.NextAsync();

        Assert.Contains("ada@example.test", mail.To, StringComparison.Ordinal);
        Assert.Equal(3, smtp.Attempts);
    }

    [Fact]
    public async Task What_the_mail_server_never_takes_is_given_up_after_the_last_wait()
    {
        await using var smtp = new SmtpListener();
        await using var server = await MailServer.StartAsync(smtp);
        foreach (var _ in Enumerable.Range(0, MailSchedule.Usual.Waits.Count + 1))
        {
            smtp.Refusals.Enqueue("451 later");
        }

        await server.SendAsync();
        for (var i = 0; i < MailSchedule.Usual.Waits.Count; i++)
        {
            await server.UntilLoggedAsync(1201, i + 1);
            server.Time.Advance(MailSchedule.Usual.Waits[i]);
        }

        await server.UntilLoggedAsync(1202);
        await NothingWaitsAsync(server);
        Assert.Equal(MailSchedule.Usual.Waits.Count + 1, smtp.Attempts);
    }

    [Fact]
    public async Task What_the_mail_server_refuses_for_good_is_given_up_and_the_log_names_nobody()
    {
        await using var smtp = new SmtpListener();
        smtp.Refusals.Enqueue("550 <ada@example.test> is unknown here");
        await using var server = await MailServer.StartAsync(smtp);

        await server.SendAsync(subject: "A private subject", text: "A private text");
        await server.UntilLoggedAsync(1202);
        await server.SendAsync("grace@example.test");
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
    [InlineData("ada.@example.test", "Subject")]
    [InlineData("ada>,<grace@example.test", "Subject")]
    [InlineData("team:ada@example.test;", "Subject")]
    [InlineData("ada@example.test(comment)", "Subject")]
    [InlineData("<ada@example.test>SIZE=1", "Subject")]
    [InlineData("ada@example.test", "Subject\r\nBcc: all@example.test")]
    [InlineData("ada@example.test", "Subject\n\nAnother body")]
    [InlineData("ada@example.test", "")]
    public void No_letter_takes_a_second_address_or_header(string to, string subject) =>
        Assert.ThrowsAny<ArgumentException>(() => new Letter(to, subject, "text"));

    [Fact]
    public async Task A_mail_server_that_is_away_fills_the_queue_and_no_more()
    {
        await using var server = await MailServer.StartAwayAsync();

        await Task.WhenAll(Enumerable.Range(0, MailQueue.Capacity + 10).Select(_ => server.SendAsync()));

        Assert.Equal(10, server.Log.Lines.Count(line => line.Contains(" 1203 ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_letter_of_a_node_that_died_is_sent_when_its_lease_has_ended()
    {
        await using var smtp = new SmtpListener();
        await using var server = await MailServer.StartAsync(smtp);
        var id = RandomSource.System.NewId(server.Time.Now);
        var box = Seal(server).Seal(id, new Letter("ada@example.test", "Left behind", "text"), decoy: false);
        var lease = server.Time.Now + MailSchedule.Usual.Lease;
        Assert.True(await server.Letters().AddAsync(new(id, box, server.Time.Now, lease, 1), 10, Cancel));

        await server.SendAsync("grace@example.test");
        Assert.Contains("grace@", (await smtp.NextAsync()).To, StringComparison.Ordinal);
        server.Time.Advance(MailSchedule.Usual.Lease);

        Assert.Contains("Left behind", (await smtp.NextAsync()).Headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_letter_of_the_day_before_is_not_sent_any_more()
    {
        await using var smtp = new SmtpListener();
        smtp.Refusals.Enqueue("451 later");
        await using var server = await MailServer.StartAsync(smtp);
        await server.SendAsync();
        await server.UntilLoggedAsync(1201);

        server.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        await server.UntilLoggedAsync(1205);

        await NothingWaitsAsync(server);
        Assert.Equal((1, 0), (smtp.Attempts, smtp.Count));
    }

    [Fact]
    public async Task A_letter_is_not_thrown_away_because_a_clock_in_doubt_makes_it_look_old()
    {
        await using var smtp = new SmtpListener();
        smtp.Refusals.Enqueue("451 later");
        await using var server = await MailServer.StartAsync(
            smtp,
            services: all => all.Replace(ServiceDescriptor.Singleton<IStoreClock>(new ClockInDoubt()))
        );
        await server.SendAsync();
        await server.UntilLoggedAsync(1201);

        server.Time.Advance(TimeSpan.FromDays(2));

        Assert.Contains("ada@example.test", (await smtp.NextAsync()).To, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_opened_is_removed_and_holds_up_nobody()
    {
        await using var smtp = new SmtpListener();
        await using var server = await MailServer.StartAsync(smtp);
        var now = server.Time.Now;
        var stolen = Seal(server)
            .Seal(RandomSource.System.NewId(now), new Letter("ada@example.test", "Another's", "text"), decoy: false);
        foreach (var box in new[] { RandomSource.System.Bytes(100), stolen })
        {
            var letter = new WaitingLetter(RandomSource.System.NewId(now), box, now, now, 0);
            Assert.True(await server.Letters().AddAsync(letter, 10, Cancel));
        }

        await server.UntilLoggedAsync(1206, times: 2);

        await NothingWaitsAsync(server);
        Assert.Equal(0, smtp.Attempts);
    }

    [Fact]
    public async Task A_stop_that_runs_out_of_time_cuts_the_conversation_and_leaves_the_same_letter_to_the_next()
    {
        await using var smtp = new SmtpListener { SilentAt = "." };
        await using var server = await MailServer.StartAsync(smtp);
        await server.SendAsync();
        await smtp.Silent.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        var first = await smtp.NextAsync();

        await server.Sender().StopAsync(new CancellationToken(canceled: true)).WaitAsync(Soon, Cancel);
        smtp.SilentAt = null;
        using var next = ActivatorUtilities.CreateInstance<MailSender>(server.Services);
        await next.StartAsync(Cancel);
        var second = await smtp.NextAsync();
        await next.StopAsync(Cancel);

        Assert.Equal(first.Header("Message-Id"), second.Header("Message-Id"));
        Assert.Equal(first.Data, second.Data);
    }

    [Fact]
    public async Task A_stop_with_time_brings_the_conversation_to_its_end()
    {
        await using var smtp = new SmtpListener { SilentAt = "." };
        await using var server = await MailServer.StartAsync(smtp);
        await server.SendAsync();
        await smtp.Silent.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        var stopping = server.Sender().StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        smtp.Speak();
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        await NothingWaitsAsync(server);
    }

    [Fact]
    public async Task The_outbox_keeps_the_last_letters_and_no_more()
    {
        await using var server = await PortalServer.StartAsync();
        for (var i = 0; i < 120; i++)
        {
            await server.SendAsync(subject: $"Letter {i}");
        }

        var letters = server.Services.GetRequiredService<Outbox>().Letters;
        Assert.Equal(100, letters.Count);
        Assert.Equal("Letter 119", letters[0].Letter.Subject);
    }

    private static LetterSeal Seal(TurnstoneServer server) => server.Services.GetRequiredService<LetterSeal>();

    // However far in the future it looks, there is none.
    private static async Task NothingWaitsAsync(TurnstoneServer server)
    {
        await server.Sender().StopAsync(Cancel);
        var far = server.Time.Now.AddYears(1);
        Assert.Null(await server.Letters().ClaimAsync(far, far, Cancel));
    }

    private sealed class ClockInDoubt : IStoreClock
    {
        public Task<bool> IsRightAsync(CancellationToken cancellationToken) => Task.FromResult(false);
    }
}

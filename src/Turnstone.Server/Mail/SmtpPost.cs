using System.Net.Security;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Mail;

/// <summary>Delivers one letter in one SMTP session.</summary>
public sealed class SmtpPost(TurnstoneSettings settings, TimeProvider time)
{
    /// <summary>How long one session may take.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly MailSettings mail = settings.Mail;

    /// <summary>Completes when the mail server has accepted the letter.</summary>
    /// <param name="id">Becomes the Message-ID (RFC 5322 §3.6.4), so a second delivery can be recognised.</param>
    /// <param name="writtenAt">Becomes the Date (RFC 5322 §3.6.1).</param>
    public async Task DeliverAsync(
        Letter letter,
        Guid id,
        DateTimeOffset writtenAt,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(letter);
        using var late = new CancellationTokenSource(Longest, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        using var message = Write(letter, id, writtenAt);
        using var client = await OpenAsync(end.Token);
        await client.SendAsync(Format(message, client), message, end.Token);

        // However QUIT ends, this does not throw: an accepted letter must not be sent again.
        await client.DisconnectAsync(quit: true, end.Token);
    }

    /// <summary>Completes when the mail server has taken connection, encryption and login; nothing is sent.</summary>
    public async Task ReachAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Longest, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        using var client = await OpenAsync(end.Token);
        await client.DisconnectAsync(quit: true, end.Token);
    }

    private async Task<SmtpClient> OpenAsync(CancellationToken cancellationToken)
    {
        var client = Client();
        try
        {
            await ConnectAsync(client, cancellationToken);
            if (mail.User.Length > 0)
            {
                await client.AuthenticateAsync(mail.User, mail.Password, cancellationToken);
            }

            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task ConnectAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.ConnectAsync(mail.Host, mail.Port, Security, cancellationToken);
        }
        catch (SslHandshakeException cancelled) when (cancellationToken.IsCancellationRequested)
        {
            // MailKit reports a cancelled handshake as a failed one.
            throw new OperationCanceledException(cancelled.Message, cancelled, cancellationToken);
        }
    }

    private SecureSocketOptions Security =>
        mail.Security switch
        {
            MailSecurity.None => SecureSocketOptions.None,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.SslOnConnect,
        };

    private static SmtpClient Client() =>
        new()
        {
            // MailKit's default accepts the certificates of some well-known servers without a valid chain.
            ServerCertificateValidationCallback = (_, _, _, problems) => problems is SslPolicyErrors.None,

            // In a closed network no revocation list can be reached, and nothing would be sent.
            CheckCertificateRevocation = false,
        };

    private MimeMessage Write(Letter letter, Guid id, DateTimeOffset writtenAt)
    {
        if (!Mailbox.TryParse(mail.From, out var from))
        {
            throw new InvalidOperationException("Turnstone:Mail:From is no address.");
        }

        var text = new TextPart("plain") { ContentTransferEncoding = ContentEncoding.QuotedPrintable };
        text.SetText(Encoding.UTF8, letter.Text);
        var message = new MimeMessage
        {
            MessageId = MailboxAddress.EncodeAddrspec($"{id:N}@{from.Domain}"),
            Date = writtenAt,
            Subject = letter.Subject,
            Body = text,
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress("", letter.To));

        // RFC 3834 §5: no out-of-office answers to it.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    // A local part beyond ASCII needs a server with SMTPUTF8 (RFC 6531). A domain beyond ASCII goes to any server,
    // encoded by RFC 5891.
    private static FormatOptions Format(MimeMessage message, SmtpClient client)
    {
        var format = FormatOptions.Default.Clone();
        format.International = message
            .From.Concat(message.To)
            .OfType<MailboxAddress>()
            .Any(address => !Ascii.IsValid(address.LocalPart));
        return format.International && !client.Capabilities.HasFlag(SmtpCapabilities.UTF8)
            ? throw new NotSupportedException("The mail server has no SMTPUTF8, which the address needs.")
            : format;
    }
}

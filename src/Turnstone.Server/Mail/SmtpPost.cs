using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Mail;

/// <summary>One letter, one conversation with the mail server.</summary>
public sealed class SmtpPost(TurnstoneSettings settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly MailSettings mail = settings.Mail;

    public async Task DeliverAsync(Letter letter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var client = new SmtpClient(mail.Host, mail.Port)
        {
            EnableSsl = mail.Security is MailSecurity.StartTls,
            UseDefaultCredentials = false,
            Credentials = mail.User.Length > 0 ? new NetworkCredential(mail.User, mail.Password) : null,

            // An address in other letters than ASCII needs a server that knows SMTPUTF8 (RFC 6531); every other goes to
            // any.
            DeliveryFormat = Ascii.IsValid(letter.To) ? SmtpDeliveryFormat.SevenBit : SmtpDeliveryFormat.International,
        };
        using var message = Write(letter);
        await client.SendMailAsync(message, patience.Token);
    }

    private MailMessage Write(Letter letter)
    {
        var message = new MailMessage(new MailAddress(mail.From), new MailAddress(letter.To))
        {
            Subject = letter.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = letter.Text,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.QuotedPrintable,
        };

        // RFC 3834 §5: no out-of-office answers to it.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}

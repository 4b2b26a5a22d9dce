using System.Net.Sockets;
using MailKit;
using MailKit.Security;
using Turnstone.Model;
using Turnstone.Server.Mail;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Operations.Check;

/// <summary>
/// Whether the mail server can be reached, encrypts, and takes the login; and an email, if one is asked for.
/// </summary>
internal sealed class MailInspection(
    ServerSettings settings,
    SmtpPost post,
    TimeProvider time,
    RandomSource random,
    string? to
) : Inspection("mail")
{
    public override async Task<IReadOnlyList<Finding>> LookAsync(CancellationToken cancellationToken)
    {
        var mail = settings.Turnstone.Mail;
        if (mail.Host.Length == 0)
        {
            return
            [
                settings.Production
                    ? Warning(
                        "No mail server is set: nobody can sign up or set a new password, and no warning is sent.",
                        "Set Turnstone:Mail:Host, or Turnstone:Portal:SignUp=false if you make all accounts yourself."
                    )
                    : Ok("No mail server is set: emails are shown at /portal/outbox."),
            ];
        }

        var place = $"{mail.Host}:{mail.Port}";
        try
        {
            if (to is null)
            {
                await post.ReachAsync(cancellationToken);
                return
                [
                    Ok(
                        $"{place} answers{(mail.Security is MailSecurity.None ? "" : ", encrypted,")} and takes "
                            + $"{(mail.User.Length > 0 ? "the login" : "a session without login")}. "
                            + "--mail-to ADDRESS sends an email."
                    ),
                ];
            }

            await post.DeliverAsync(
                new Letter(to, "Turnstone: a test", "turnstone-server check has sent this.\n"),
                random.NewId(time.GetUtcNow()),
                time.GetUtcNow(),
                cancellationToken
            );
            return [Ok($"{place} took an email to {to}. Look whether it arrives.")];
        }
        catch (Exception refused) when (Explain(refused) is not null)
        {
            var (sentence, todo) = Explain(refused)!.Value;
            return [Failed($"{place} {sentence}", todo)];
        }
    }

    private static (string Sentence, string Todo)? Explain(Exception refused) =>
        refused switch
        {
            AuthenticationException => (
                "refuses the login.",
                "Correct Turnstone:Mail:User and Turnstone:Mail:Password."
            ),
            SslHandshakeException => (
                "has no certificate that is valid for this name, or speaks no TLS on this port.",
                "Correct Turnstone:Mail:Host, Port (587 with StartTls, 465 with Tls) or Security; name your own "
                    + "authority in SSL_CERT_FILE."
            ),
            NotSupportedException => (
                "does not offer what is needed: " + refused.Message,
                "Use port 465 with Security=Tls."
            ),
            SocketException or IOException or OperationCanceledException => (
                $"cannot be reached: {refused.Message}",
                "Correct Turnstone:Mail:Host and Port, or let this machine through the firewall."
            ),
            CommandException or ProtocolException => (
                $"refuses: {refused.Message}",
                "Correct Turnstone:Mail:From, or what the mail server allows this sender."
            ),
            _ => null,
        };
}

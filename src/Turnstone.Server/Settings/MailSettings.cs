using System.Net.Mail;

namespace Turnstone.Server.Settings;

/// <summary>How the connection to the mail server is protected.</summary>
public enum MailSecurity
{
    /// <summary>Not at all: for a relay on the same machine.</summary>
    None,

    /// <summary>TLS after STARTTLS (RFC 3207); without it nothing is sent.</summary>
    StartTls,
}

/// <summary>The mail server that carries confirmations, new passwords and warnings.</summary>
public sealed record MailSettings
{
    [Setting(
        "The mail server's name. Without one a server in Development shows its letters at `/portal/outbox`, "
            + "and one in Production sends none: nobody can sign up or set a new password by himself.",
        Default = "none"
    )]
    public string Host { get; init; } = "";

    [Setting("Its port.", Min = 1, Max = 65535)]
    public int Port { get; init; } = 587;

    [Setting("`StartTls`, or `None` for a relay on the same machine.")]
    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    [Setting("The name to sign in there with.", Default = "none")]
    public string User { get; init; } = "";

    [Setting("Its password.", Default = "none", Secret = true)]
    public string Password { get; init; } = "";

    [Setting("The address that letters come from. It has to be given with a host.", Default = "none")]
    public string From { get; init; } = "";

    internal IEnumerable<string> Problems()
    {
        if (Host.Length > 0 && (From.Length == 0 || From.Any(char.IsControl) || !MailAddress.TryCreate(From, out _)))
        {
            yield return "Turnstone:Mail:From is missing or no address: give the address that letters come from, "
                + "such as portal@example.com.";
        }

        if (Security is MailSecurity.None && Password.Length > 0)
        {
            yield return "Turnstone:Mail:Password would travel readable: set Turnstone:Mail:Security to StartTls, "
                + "or give no password.";
        }
    }
}

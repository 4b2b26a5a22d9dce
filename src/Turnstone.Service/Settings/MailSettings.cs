namespace Turnstone.Server.Settings;

/// <summary>How the connection to the mail server is protected.</summary>
public enum MailSecurity
{
    /// <summary>Not at all: for a relay on the same machine.</summary>
    None,

    /// <summary>TLS after STARTTLS (RFC 3207); without it nothing is sent.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314 §3.3).</summary>
    Tls,
}

/// <summary>The mail server that sends confirmations, password resets and warnings.</summary>
public sealed record MailSettings : ISettings
{
    [Setting(
        "The mail server's host name. Without it, a server in Development shows its emails at `/portal/outbox`; "
            + "a server in Production sends none, so nobody can sign up or reset a password.",
        Default = "none"
    )]
    public string Host { get; init; } = "";

    [Setting("The mail server's port: usually 587 with `StartTls`, 465 with `Tls`.", Min = 1, Max = 65535)]
    public int Port { get; init; } = 587;

    [Setting(
        "`StartTls`, `Tls` for TLS from the first byte, or `None` for a relay on the same machine. The server's "
            + "certificate must be valid for its host name."
    )]
    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    [Setting("The user name for the mail server.", Default = "none")]
    public string User { get; init; } = "";

    [Setting("The password for the mail server.", Default = "none", Secret = true)]
    public string Password { get; init; } = "";

    [Setting(
        "The sender's address, with a name before it if it has one: `Name <portal@example.com>`. Required if a host "
            + "is set.",
        Default = "none"
    )]
    public string From { get; init; } = "";

    internal IEnumerable<string> Problems()
    {
        if (Host.Length > 0 && !Mailbox.TryParse(From, out _))
        {
            yield return "Turnstone:Mail:From is missing or no address: give the sender's address, "
                + "such as portal@example.com.";
        }

        if (Security is MailSecurity.None && Password.Length > 0)
        {
            yield return "Turnstone:Mail:Password would be sent unencrypted: set Turnstone:Mail:Security to StartTls "
                + "or Tls, or give no password.";
        }
    }
}

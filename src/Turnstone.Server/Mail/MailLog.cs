namespace Turnstone.Server.Mail;

/// <summary>What is logged of mail: event ids 1200 to 1219. Never an address, a subject or a text.</summary>
internal static partial class MailLog
{
    [LoggerMessage(
        1200,
        LogLevel.Warning,
        "No mail server is configured (Turnstone:Mail:Host): nobody can sign up or set a new password, "
            + "and no warning is sent."
    )]
    public static partial void NoMail(this ILogger log);

    [LoggerMessage(
        1201,
        LogLevel.Warning,
        "An email could not be sent at try {Tries} ({Problem}, SMTP status {Status}); it is retried in {Seconds} s."
    )]
    public static partial void TriedAgain(this ILogger log, int tries, string problem, int status, double seconds);

    [LoggerMessage(
        1202,
        LogLevel.Error,
        "An email could not be sent after {Tries} tries and is given up ({Problem}, SMTP status {Status})."
    )]
    public static partial void GivenUp(this ILogger log, int tries, string problem, int status);

    [LoggerMessage(1203, LogLevel.Error, "An email was dropped: {Capacity} are waiting already.")]
    public static partial void QueueFull(this ILogger log, int capacity);

    [LoggerMessage(
        1205,
        LogLevel.Warning,
        "An email was deleted unsent after {Tries} tries: it is more than a day old."
    )]
    public static partial void TooOld(this ILogger log, int tries);

    [LoggerMessage(
        1206,
        LogLevel.Error,
        "An email was deleted unsent: it cannot be decrypted with the master keys of this server."
    )]
    public static partial void Unreadable(this ILogger log);

    [LoggerMessage(1207, LogLevel.Warning, "Waiting emails cannot be read from the store; it is retried each second.")]
    public static partial void LettersUnreachable(this ILogger log, Exception problem);

    [LoggerMessage(1208, LogLevel.Error, "An email could not be stored; what it is about has been done.")]
    public static partial void NotStored(this ILogger log, Exception problem);
}

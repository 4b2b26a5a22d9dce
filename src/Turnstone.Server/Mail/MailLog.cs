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
        "A letter could not be sent at try {Tries} ({Problem}, SMTP status {Status}); it is tried again in {Seconds} s."
    )]
    public static partial void TriedAgain(this ILogger log, int tries, string problem, int status, double seconds);

    [LoggerMessage(
        1202,
        LogLevel.Error,
        "A letter could not be sent after {Tries} tries and is given up ({Problem}, SMTP status {Status})."
    )]
    public static partial void GivenUp(this ILogger log, int tries, string problem, int status);

    [LoggerMessage(1203, LogLevel.Error, "A letter was dropped: {Capacity} are waiting already.")]
    public static partial void QueueFull(this ILogger log, int capacity);

    [LoggerMessage(
        1204,
        LogLevel.Warning,
        "A letter that had been tried {Tries} times was let go, because the server stops."
    )]
    public static partial void LetterLost(this ILogger log, int tries);
}

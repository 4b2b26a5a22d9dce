namespace Turnstone.Server.Hosting.Logout;

/// <summary>What is logged of notices to clients: event ids 1260 to 1269. Never a token.</summary>
internal static partial class LogoutLog
{
    [LoggerMessage(
        1260,
        LogLevel.Warning,
        "The client {Client} could not be told of an ended session at try {Tries} ({Problem}); it is tried again."
    )]
    public static partial void NoticeTriedAgain(this ILogger log, string client, int tries, string problem);

    [LoggerMessage(
        1261,
        LogLevel.Warning,
        "The client {Client} could not be told of an ended session after {Tries} tries ({Problem}): given up."
    )]
    public static partial void NoticeGivenUp(this ILogger log, string client, int tries, string problem);

    [LoggerMessage(1262, LogLevel.Warning, "Waiting notices cannot be read from the store; it is retried each second.")]
    public static partial void NoticesUnreachable(this ILogger log, Exception problem);
}

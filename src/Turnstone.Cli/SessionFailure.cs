using Turnstone.Client;

namespace Turnstone.Cli;

/// <summary>What a script is told of a session that gives no token.</summary>
internal static class SessionFailure
{
    public static int ExitCodeOf(SessionException reason) =>
        reason switch
        {
            SessionEndedException => ExitCode.Ended,
            NoSessionException => ExitCode.NoSession,
            SignInRefusedException or RequestRefusedException => ExitCode.Refused,
            SessionStoreException => ExitCode.Files,
            _ => ExitCode.Unavailable,
        };

    /// <summary>The server's code where it gave one.</summary>
    public static string CodeOf(SessionException reason) =>
        reason.Code
        ?? reason switch
        {
            SessionEndedException => "session_ended",
            NoSessionException => "no_session",
            SignInRefusedException or RequestRefusedException => "refused",
            SessionStoreException => "files",
            _ => "unavailable",
        };
}

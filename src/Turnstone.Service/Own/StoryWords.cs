using System.Globalization;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Server.Own;

/// <summary>What became of a session and a token, and what to do, in words.</summary>
internal static class StoryWords
{
    private const string LogIn = "Log in again.";

    public static (string Description, string NextStep) Of(SessionFate fate, RevocationReason? reason) =>
        fate.State switch
        {
            SessionState.Live => ("The session stands.", "Nothing is to be done: refresh it as usual."),
            SessionState.Expired => (
                $"The session expired at {Text(fate.At)}: nobody refreshed it in time, or it had reached its end.",
                LogIn
            ),
            SessionState.Ended => Ended(fate.At, reason),
            SessionState.Lost => (
                "The server has lost the session: its store was put back to a time before it.",
                "Refresh it, which opens it again; if that is refused, log in."
            ),
            _ => ("The session ended so long ago that its record was removed.", LogIn),
        };

    public static (string Name, string Description) OfToken(Shown shown) =>
        shown switch
        {
            { Refresh: { } token } => ("refresh", $"This is refresh token number {token.Generation} of its session."),
            { Fault: null } => ("good", "The access token is good."),
            { Fault: AccessTokenFault.Expired, Claims: { } claims } => (
                "expired",
                $"The access token expired at {Text(claims.ExpiresAt)}."
            ),
            { Fault: AccessTokenFault.Revoked } => ("revoked", "The access token was revoked."),
            { Fault: AccessTokenFault.NotYetValid } => ("not_yet", "The access token is of the future."),
            _ => ("bad", "The access token is not taken any more."),
        };

    private static (string, string) Ended(DateTimeOffset? at, RevocationReason? reason)
    {
        var (why, next) = reason switch
        {
            RevocationReason.Logout => ("it was logged out", LogIn),
            RevocationReason.Reuse => (
                "a refresh token came that had been replaced before, so a copy of it is in other hands, or two "
                    + "programs share it",
                "Find the leak or the second program, change the credential, then log in."
            ),
            RevocationReason.CodeReuse => (
                "the one-time code that opened it came a second time",
                "Find out who else has seen the code, then log in with a new one."
            ),
            RevocationReason.PasswordChanged => ("the account's password was changed", "Log in with the new password."),
            RevocationReason.CredentialRevoked => (
                "the key or subscription that it was opened with was revoked",
                "Get another one from the portal, then log in."
            ),
            RevocationReason.AccountDisabled => ("the account was disabled", "Ask whoever runs the service."),
            RevocationReason.ClientDisabled => ("the client was disabled", "Ask whoever owns the client."),
            RevocationReason.ByOperator => ("whoever runs the service ended it", "Ask there, or log in again."),
            RevocationReason.ByOwner => ("the account's owner ended it in the portal", LogIn),
            _ => ("it was revoked", LogIn),
        };
        return ($"The session was ended{(at is null ? "" : $" at {Text(at)}")}: {why}.", next);
    }

    private static string Text(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "an unknown time";
}

using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Own;

/// <summary>
/// <c>DELETE /own/session</c>: ends the session of the refresh token that is shown, for the contracts whose documents
/// have no sign-out. An access token is not enough: each API that it was sent to has it too.
/// </summary>
internal sealed class OwnEnd(ShownToken tokens, ISessionStore sessions, SessionRevocation revocation)
{
    public async ValueTask<JsonAnswer> AnswerAsync(HttpContext context)
    {
        var (shown, refused) = tokens.Read(context);
        if (shown is null)
        {
            return refused!;
        }

        if (shown.Refresh is null)
        {
            return OAuthError.Of(
                StatusCodes.Status403Forbidden,
                "refresh_token_required",
                "A session is ended by its refresh token. Send that after Bearer."
            );
        }

        var (caller, cancel) = (RequestFacts.Caller(context), context.RequestAborted);
        if (await sessions.FindAsync(shown.Session, cancel) is not null)
        {
            await revocation.EndAsync(shown.Session, RevocationReason.Logout, caller, cancel);
        }
        else if (shown.Refresh.Origin is not null)
        {
            // The store has forgotten it, and would open it again.
            await revocation.EndForgottenAsync(shown.Session, RevocationReason.Logout, caller, cancel);
        }

        return new JsonAnswer(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("state", "ended");
                json.WriteString("session", $"{shown.Session}");
                json.WriteEndObject();
            }
        );
    }
}

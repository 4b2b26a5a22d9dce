using System.Text.Json;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Settings;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Own;

/// <summary><c>GET /own/session</c>: what became of the token that is shown, and of its session.</summary>
internal sealed class SessionStory(
    ShownToken tokens,
    ISessionStore sessions,
    ContractList contracts,
    TurnstoneSettings settings,
    TimeProvider time
)
{
    // No row is removed sooner after its login.
    private readonly TimeSpan leastKept = settings.Retention.ToRetention().Sessions;

    public async ValueTask<JsonAnswer> AnswerAsync(HttpContext context)
    {
        var (shown, refused) = tokens.Read(context);
        if (shown is null)
        {
            return refused!;
        }

        // An exchanged token is in the hands of another than the session's holder.
        var session = shown.Claims is { ExchangedFrom: not null }
            ? null
            : await sessions.FindAsync(shown.Session, context.RequestAborted);
        var fate = FateOf(shown, session);
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, shown, session, fate));
    }

    private SessionFate FateOf(Shown shown, Session? session)
    {
        var now = time.GetUtcNow();
        return session is not null ? SessionFate.Of(session, now)
            : IsProgram(shown) ? new(shown.Fault is AccessTokenFault.Revoked ? SessionState.Ended : SessionState.Live)
            : new(
                shown.Claims is { } claims && claims.IssuedAt > now - leastKept ? SessionState.Lost : SessionState.Over
            );
    }

    // A program's tokens share a session that has a row only once all of them were ended.
    private static bool IsProgram(Shown shown) =>
        shown.Claims is { ClientId: { } client } claims
        && (claims.ExchangedFrom is not null || claims.SessionId == ClientCredentialsSession.Of(client));

    private void Write(Utf8JsonWriter json, Shown shown, Session? session, SessionFate fate)
    {
        var reason = fate.State is SessionState.Ended ? session?.RevokedFor : null;
        var (description, next) = StoryWords.Of(fate, reason?.Known);
        json.WriteStartObject();
        json.WriteString("state", NameOf(fate.State));
        json.WriteString("session", $"{shown.Session}");
        if (session is not null)
        {
            json.WriteString("contract", contracts.PathOf(session.OpenedThrough) ?? session.Contract);
            json.WriteNumber("opened_at", session.CreatedAt.ToUnixTimeSeconds());
            json.WriteNumber("renewed_at", session.AdvancedAt.ToUnixTimeSeconds());
            json.WriteNumber("refreshes", session.Generation);
            json.WriteNumber("ends_at", session.RefreshExpiresAt.ToUnixTimeSeconds());
        }

        if (fate.At is { } at)
        {
            json.WriteNumber("ended_at", at.ToUnixTimeSeconds());
        }

        if (reason is { } why)
        {
            json.WriteString("reason", NameOf(why));
        }

        var (token, tokenWords) = StoryWords.OfToken(shown);
        json.WriteString("token", token);
        json.WriteString("token_description", tokenWords);
        json.WriteString("description", description);
        json.WriteString("next_step", next);
        json.WriteEndObject();
    }

    private static string NameOf<T>(T value) => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{value}");
}

using System.Text.Json;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Own;

/// <summary>
/// <c>GET /own/sessions</c>: the live sessions of whoever the token is for, newest first. Of its own kind only: a
/// client's token shows what that client has of that account, a key's what the key has opened.
/// </summary>
internal sealed class OwnList(
    ShownToken tokens,
    AccessTokenReader reader,
    ISessionStore sessions,
    ContractList contracts
)
{
    private const int Most = 100;

    public async ValueTask<JsonAnswer> AnswerAsync(HttpContext context)
    {
        var (shown, refused) = tokens.Read(context);
        if (shown is null)
        {
            return refused!;
        }

        // As at the API of the settings: another API that was sent its own token learns nothing here.
        var reading = reader.Read(RequestFacts.AccessToken(context.Request, bare: false));
        if (!reading.Good(out var claims))
        {
            return ShownToken.Refused(reading.Fault!.Value);
        }

        var found = HolderOf(claims) is { } holder
            ? await sessions.ListAsync(holder, Most, context.RequestAborted)
            : [];
        return new JsonAnswer(
            StatusCodes.Status200OK,
            json => Write(json, found.Where(session => IsOfKind(session, claims)), claims)
        );
    }

    private static SessionHolder? HolderOf(AccessTokenClaims claims) =>
        claims switch
        {
            { ExchangedFrom: not null } => null,
            { ApiKeyId: { } key } => SessionHolder.ApiKey(key),
            { AccountId: { } account, ClientId: { } client } => SessionHolder.Consent(account, client),
            { AccountId: { } account } => SessionHolder.Account(account),
            _ => null,
        };

    private static bool IsOfKind(Session session, AccessTokenClaims claims) =>
        session.ApiKeyId == claims.ApiKeyId && session.ClientId == claims.ClientId;

    private void Write(Utf8JsonWriter json, IEnumerable<Session> found, AccessTokenClaims claims)
    {
        json.WriteStartObject();
        json.WriteStartArray("sessions");
        foreach (var session in found)
        {
            json.WriteStartObject();
            json.WriteString("id", $"{session.Id}");
            json.WriteBoolean("this", session.Id == claims.SessionId);
            json.WriteString("contract", contracts.PathOf(session.OpenedThrough) ?? session.Contract);
            json.WriteNumber("opened_at", session.CreatedAt.ToUnixTimeSeconds());
            json.WriteNumber("renewed_at", session.AdvancedAt.ToUnixTimeSeconds());
            json.WriteNumber("refreshes", session.Generation);
            json.WriteNumber("ends_at", session.RefreshExpiresAt.ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>
/// The way in of a program that acts for itself (RFC 6749 §4.4): an access token and no refresh token (§4.4.3).
/// </summary>
public sealed class ClientCredentialsGrant(RequestLimits limits, TokenDesk desk)
{
    public const string GrantType = "client_credentials";

    public Outcome<Issued> Issue(Client client, Scopes? asked, Terms terms, Caller caller)
    {
        if (client.Public || !client.MayUse(GrantType))
        {
            return Refusals.UnauthorizedClient;
        }

        if (limits.Take($"client:{client.Id}") is { } tooMany)
        {
            return tooMany;
        }

        if (asked?.Within(client.Scopes) is false)
        {
            return Refusals.InvalidScope;
        }

        return desk.IssueClientCredentials(client, asked ?? client.Scopes, terms.For(client), caller);
    }
}

using Turnstone.Abuse;
using Turnstone.Directory;
using Turnstone.Sessions;

namespace Turnstone.Grants;

/// <summary>The way in of a program that acts for itself (RFC 6749 §4.4): an access token and no refresh token (§4.4.3).</summary>
public sealed class ClientCredentialsGrant(RequestLimits limits, TokenDesk desk)
{
    public const string GrantType = "client_credentials";

    public async Task<Outcome<Issued>> IssueAsync(Client client, Scopes? asked, Terms terms, Caller caller, CancellationToken cancellationToken)
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

        var admission = new Admission
        {
            Grant = GrantKind.ClientCredentials,
            Subject = client.Id,
            ClientId = client.Id,
            Scopes = asked ?? client.Scopes,
            Refreshable = false,
            Vouchers = new Vouchers { Client = (client.Id, client.Epoch) },
        };
        return await desk.OpenAsync(admission, terms.For(client), caller, Refusals.UnauthorizedClient, cancellationToken);
    }
}

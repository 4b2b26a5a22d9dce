using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary><c>POST /oauth2/revoke</c> (RFC 7009). The hint is not needed: a token shows what it is.</summary>
internal sealed class Revoke(ClientProof clients, TokenRevocation revocation, ClientOrigins origins)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (form, fault) = await FormBody.ReadAsync(context.Request, cancellationToken);
        if (form is null)
        {
            return OAuthError.Of(fault, Described.Form);
        }

        var (presented, unclear) = ClientCredentials.Read(context.Request, form["client_id"], form["client_secret"]);
        if (unclear is { } clientFault)
        {
            return OAuthError.Of(clientFault);
        }

        await origins.AllowAsync(context, presented.Id);
        var caller = RequestFacts.Caller(context);
        if (
            !(await clients.ProveAsync(presented, OAuth2Contract.Family, caller, cancellationToken)).Granted(
                out var client,
                out var refusal
            )
        )
        {
            return OAuthError.Of(refusal);
        }

        if (form["token"] is not { } token)
        {
            return OAuthError.Malformed("The parameter token is missing.");
        }

        return await revocation.GiveBackAsync(token, client, caller, cancellationToken) is { } refused
            ? OAuthError.Of(refused)
            : Results.Ok();
    }
}

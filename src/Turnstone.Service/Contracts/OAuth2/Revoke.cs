using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary><c>POST /oauth2/revoke</c> (RFC 7009). The hint is not needed: a token shows what it is.</summary>
internal sealed class Revoke(ClientProof clients, TokenRevocation revocation, ClientOrigins origins, ClientForms forms)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (form, refusedForm) = await forms.ReadAsync(context, []);
        if (form is null)
        {
            return refusedForm!;
        }

        await origins.AllowAsync(context, form.Client.Id);
        var caller = RequestFacts.Caller(context);
        if (
            !(await clients.ProveAsync(form.Client, OAuth2Contract.Family, caller, cancellationToken)).Granted(
                out var client,
                out var refusal
            )
        )
        {
            return OAuthError.Of(refusal);
        }

        if (form.Body.FlawOf(OAuth2Parameters.OneToken) is { } flaw)
        {
            return OAuthError.Malformed(flaw);
        }

        return
            await revocation.GiveBackAsync(form[OAuth2Parameters.Token]!, client, caller, cancellationToken)
                is { } refused
            ? OAuthError.Of(refused)
            : Results.Ok();
    }
}

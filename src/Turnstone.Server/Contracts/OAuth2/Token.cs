using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// <c>POST /oauth2/token</c> (RFC 6749 §3.2). The endpoint owns the order of things: read, authenticate the client, see
/// that it may use the grant, grant, render; a grant only fills in its own part, so none can skip a check.
/// </summary>
internal sealed class Token(Terms terms, ClientDoor door, TokenGrants grants)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (form, fault) = await FormBody.ReadAsync(context.Request, cancellationToken);
        if (form is null)
        {
            return OAuthError.Of(fault, Described.Form);
        }

        var (credentials, credentialsFault) = ClientCredentials.Read(
            context.Request,
            form["client_id"],
            form["client_secret"]
        );
        if (credentialsFault is { } unclear)
        {
            return OAuthError.Of(unclear);
        }

        var caller = RequestFacts.Caller(context);
        if (
            !(await door.AdmitAsync(credentials, terms.Contract, caller, cancellationToken)).Granted(
                out var client,
                out var refusal
            )
        )
        {
            return OAuthError.Of(refusal);
        }

        return form["grant_type"] switch
        {
            null => OAuthError.Malformed("The parameter grant_type is missing."),
            var grantType when !TokenGrants.Knows(grantType) => OAuthError.Of(
                StatusCodes.Status400BadRequest,
                "unsupported_grant_type",
                "Send authorization_code, client_credentials or refresh_token as grant_type."
            ),
            var grantType when !client.MayUse(grantType) => OAuthError.Of(Refusals.UnauthorizedClient),
            var grantType => await GrantAsync(
                new TokenRequest(context.Request, grantType, form, client, terms, caller),
                cancellationToken
            ),
        };
    }

    private async ValueTask<IResult> GrantAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        // An empty scope is no scope (§3.2).
        Scopes? asked = null;
        if (request.Form["scope"] is { } scope && !Scopes.TryParse(scope, out asked))
        {
            return OAuthError.Of(Refusals.InvalidScope);
        }

        var (outcome, fault) = await grants.GrantAsync(
            request,
            asked is { IsEmpty: false } ? asked : null,
            cancellationToken
        );
        return fault
            ?? (
                outcome.Granted(out var issued, out var refusal)
                    ? Render(issued, request.Narrows ? asked : null)
                    : OAuthError.Of(refusal)
            );
    }

    private static JsonAnswer Render(Issued issued, Scopes? narrowed) =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("access_token", issued.AccessToken);
                json.WriteString("token_type", "Bearer");
                json.WriteNumber("expires_in", issued.AccessSecondsLeft);
                if (issued.RefreshToken is not null)
                {
                    json.WriteString("refresh_token", issued.RefreshToken);
                }

                if ((narrowed is { IsEmpty: false } ? narrowed : issued.Session.Scopes) is { IsEmpty: false } scopes)
                {
                    json.WriteString("scope", scopes.ToString());
                }

                json.WriteEndObject();
            }
        );
}

/// <summary>A token request of a client that has proven itself.</summary>
internal sealed record TokenRequest(
    HttpRequest Request,
    string GrantType,
    FormBody Form,
    Client Client,
    Terms Terms,
    Caller Caller
)
{
    /// <summary>Whether a scope asks for less than the session has, for this access token alone (§6).</summary>
    public bool Narrows => GrantType == RefreshGrant.GrantType;

    public override string ToString() => $"a {GrantType} of {Client.Id}";
}

using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// <c>POST /oauth2/token</c> (RFC 6749 §3.2): every grant that is registered under a <c>grant_type</c>.
/// </summary>
internal sealed class Token(
    Terms terms,
    TokenPipeline pipeline,
    GrantTypes grants,
    ClientOrigins origins,
    IssuerAndAudience issuer
)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var (form, fault) = await FormBody.ReadAsync(context.Request, context.RequestAborted);
        if (form is null)
        {
            return OAuthError.Of(fault, Described.Form);
        }

        var (client, unclear) = ClientCredentials.Read(context.Request, form["client_id"], form["client_secret"]);
        if (unclear is { } clientFault)
        {
            return OAuthError.Of(clientFault);
        }

        await origins.AllowAsync(context, client.Id);
        if (form.Resources.Any(resource => resource != issuer.Audience))
        {
            return OAuthError.InvalidTarget(issuer.Audience);
        }

        var grantType = form["grant_type"];
        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grants.Find(grantType),
                Terms = terms,
                Caller = RequestFacts.Caller(context),
                Client = client,
                WantsIdToken = true,
                Input = grant => OAuthInput.Read(context.Request, grant, name => form[name], form["scope"]),
            },
            context.RequestAborted
        );
        return outcome.Granted(out var issued, out var refusal) ? Render(issued)
            : refusal.Code is RefusalCode.UnsupportedGrantType ? OAuthError.UnsupportedGrantType(grantType, grants)
            : OAuthError.Of(refusal);
    }

    private static JsonAnswer Render(Issued issued) =>
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

                if (issued.IdToken is not null)
                {
                    json.WriteString("id_token", issued.IdToken);
                }

                if (!issued.Scopes.IsEmpty)
                {
                    json.WriteString("scope", issued.Scopes.ToString());
                }

                json.WriteEndObject();
            }
        );
}

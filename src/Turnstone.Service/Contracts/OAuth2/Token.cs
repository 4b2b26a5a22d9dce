using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
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
    ClientForms forms,
    DpopHeader dpop,
    Apis apis,
    IssuerAndAudience issuer
)
{
    private readonly string url = OAuth2Contract.TokenUrl(issuer);

    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var (form, refused) = await forms.ReadAsync(context, OAuth2Parameters.EveryGrant);
        if (form is null)
        {
            return refused!;
        }

        await origins.AllowAsync(context, form.Client.Id);
        var grantType = form[OAuth2Parameters.GrantType];
        var grant = grants.Find(grantType);
        var foreign = ForeignOf(form, grant);
        if (foreign is not null && form.Body.FlawOf(grant!.Parameters) is { } flaw)
        {
            return OAuthError.Malformed(flaw);
        }

        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = terms,
                Caller = RequestFacts.Caller(context),
                HasLeft = ClientGone.Watch(context),
                Client = form.Client with { Foreign = foreign },
                WantsIdToken = true,
                Possession = dpop.Read(context, url),
                Input = grant => Decode(context.Request, grant, form),
            },
            context.RequestAborted
        );
        return outcome.Granted(out var issued, out var refusal) ? Render(issued)
            : refusal.Code is RefusalCode.UnsupportedGrantType ? OAuthError.UnsupportedGrantType(grantType, grants)
            : OAuthError.Of(refusal);
    }

    // Who proves himself needs nobody else's word.
    private static ForeignProof? ForeignOf(ClientForm form, Grant? grant) =>
        form.Client is { Id: not null, Method: ClientMethod.None }
            ? grant?.ProofOfClient(name => form.Body[name])
            : null;

    private Outcome<GrantInput> Decode(HttpRequest request, Grant grant, ClientForm form)
    {
        if (form.Body.FlawOf(grant.Parameters) is { } flaw)
        {
            return Refusals.Malformed(flaw);
        }

        var text = form[OAuth2Parameters.Details];
        return apis.ReadDetails(text).Granted(out var details, out var refusal)
            ? OAuthInput.Read(
                request,
                grant,
                name => form.Body[name],
                form[OAuth2Parameters.Scope],
                form.Body.All,
                form.Resources,
                text is null ? null : details
            )
            : refusal;
    }

    private static JsonAnswer Render(Issued issued) =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("access_token", issued.AccessToken);
                if (issued.TokenType is { } type)
                {
                    json.WriteString("issued_token_type", type);
                }

                json.WriteString("token_type", issued.Bound ? "DPoP" : "Bearer");
                json.WriteNumber("expires_in", issued.AccessSecondsLeft);
                if (issued.RefreshToken is not null)
                {
                    json.WriteString("refresh_token", issued.RefreshToken);
                }

                if (issued.IdToken is not null)
                {
                    json.WriteString("id_token", issued.IdToken);
                }

                if (!issued.Details.IsEmpty)
                {
                    json.WritePropertyName(OAuth2Parameters.Details.Name);
                    issued.Details.WriteTo(json);
                }

                if (!issued.Scopes.IsEmpty)
                {
                    json.WriteString("scope", issued.Scopes.ToString());
                }

                json.WriteEndObject();
            }
        );
}

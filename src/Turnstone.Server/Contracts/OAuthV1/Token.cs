using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary><c>POST /v1/oauth/token/{token_type}</c>: a code or a refresh token for tokens of that type.</summary>
internal sealed class Token(
    TokenTypes types,
    ClientDoor door,
    CodeGrant codes,
    RefreshGrant refreshes,
    IAccountStore accounts
)
{
    private static readonly string[] Parameters =
    [
        "grant_type",
        "client_id",
        "client_secret",
        "code",
        "redirect_uri",
        "code_verifier",
        "refresh_token",
    ];

    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var type = (string?)context.Request.RouteValues["token_type"];
        if (types.Find(type) is not { } terms)
        {
            return OAuthError.Malformed("There is no such token type. Ask for user or company.");
        }

        var (parameters, fault) = await TokenParameters.ReadAsync(context.Request, cancellationToken, Parameters);
        if (parameters is null)
        {
            return fault!;
        }

        var (credentials, credentialsFault) = ClientCredentials.Read(
            context.Request,
            parameters["client_id"],
            parameters["client_secret"]
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
            return Answers.Refused(refusal);
        }

        if (!client.TokenTypes.Contains(type))
        {
            return Answers.Refused(Refusals.UnauthorizedClient);
        }

        var asked = new Asked(context.Request, parameters, client, terms, caller);
        return parameters["grant_type"] switch
        {
            CodeGrant.GrantType => await RenderAsync(asked, CodeAsync(asked, cancellationToken), cancellationToken),
            RefreshGrant.GrantType => await RenderAsync(
                asked,
                RefreshAsync(asked, cancellationToken),
                cancellationToken
            ),
            null => OAuthError.Malformed(
                "The parameter grant_type is missing. Send authorization_code or refresh_token."
            ),
            _ => OAuthError.Of(
                StatusCodes.Status400BadRequest,
                "unsupported_grant_type",
                "Send authorization_code or refresh_token as grant_type."
            ),
        };
    }

    private sealed record Asked(
        HttpRequest Request,
        TokenParameters Parameters,
        Client Client,
        Terms Terms,
        Caller Caller
    )
    {
        public override string ToString() => $"a token asked for by {Client.Id}";
    }

    private async Task<(Outcome<Issued> Outcome, IResult? Fault)> CodeAsync(
        Asked asked,
        CancellationToken cancellationToken
    )
    {
        if (!asked.Client.MayUse(CodeGrant.GrantType))
        {
            return (Refusals.UnauthorizedClient, null);
        }

        if (asked.Parameters["code"] is not { } code)
        {
            return (default, OAuthError.Malformed("The parameter code is missing."));
        }

        var exchange = new CodeExchange(
            code,
            OAuthV1Routes.Family,
            asked.Client,
            asked.Parameters["redirect_uri"],
            asked.Parameters["code_verifier"]
        );
        return (await codes.ExchangeAsync(exchange, asked.Terms, asked.Caller, cancellationToken), null);
    }

    private async Task<(Outcome<Issued> Outcome, IResult? Fault)> RefreshAsync(
        Asked asked,
        CancellationToken cancellationToken
    )
    {
        if (!asked.Client.MayUse(RefreshGrant.GrantType))
        {
            return (Refusals.UnauthorizedClient, null);
        }

        if (asked.Parameters["refresh_token"] is not { } token)
        {
            return (default, OAuthError.Malformed("The parameter refresh_token is missing."));
        }

        return RequestFacts.TryIdempotencyKey(asked.Request, out var key)
            ? (
                await refreshes.RefreshAsync(
                    new RefreshRequest(token, asked.Client, key),
                    asked.Terms,
                    asked.Caller,
                    cancellationToken
                ),
                null
            )
            : (
                default,
                OAuthError.Malformed("The Idempotency-Key must be one text of at most 255 printable ASCII characters.")
            );
    }

    private async ValueTask<IResult> RenderAsync(
        Asked asked,
        Task<(Outcome<Issued> Outcome, IResult? Fault)> granting,
        CancellationToken cancellationToken
    )
    {
        var (outcome, fault) = await granting;
        if (fault is not null)
        {
            return fault;
        }

        if (!outcome.Granted(out var issued, out var refusal))
        {
            return Answers.Refused(refusal);
        }

        var tellsEmail = asked.Terms.Contract == OAuthV1Routes.CompanyFamily && issued.Session.AccountId is not null;
        var account = tellsEmail ? await accounts.FindAsync(issued.Session.AccountId!.Value, cancellationToken) : null;
        return Answers.Tokens(issued, account?.Email);
    }
}

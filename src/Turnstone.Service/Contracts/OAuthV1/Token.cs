using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary><c>POST /v1/oauth/token/{token_type}</c>: a code or a refresh token for tokens of that type.</summary>
internal sealed class Token(TokenTypes types, TokenPipeline pipeline, CodeGrant codes, RefreshGrant refreshes)
{
    private readonly GrantTypes grants = new([codes, refreshes]);

    private readonly string[] names =
    [
        "grant_type",
        "client_id",
        "client_secret",
        .. codes.Parameters.Concat(refreshes.Parameters).Select(parameter => parameter.Name),
    ];

    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var type = (string?)context.Request.RouteValues["token_type"];
        if (types.Find(type) is not { } terms)
        {
            return OAuthError.Malformed("There is no such token type. Ask for user or company.");
        }

        var (parameters, fault) = await TokenParameters.ReadAsync(context.Request, context.RequestAborted, names);
        if (parameters is null)
        {
            return fault!;
        }

        var (client, unclear) = ClientCredentials.Read(
            context.Request,
            parameters["client_id"],
            parameters["client_secret"]
        );
        if (unclear is { } clientFault)
        {
            return OAuthError.Of(clientFault);
        }

        var grantType = parameters["grant_type"];
        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grants.Find(grantType),
                Terms = terms,
                Family = OAuthV1Contract.Family,
                Caller = RequestFacts.Caller(context),
                HasLeft = ClientGone.Watch(context),
                Client = client,
                TokenType = type,
                NamesEmail = terms.Contract == OAuthV1Contract.CompanyFamily,
                Input = grant => OAuthInput.Read(context.Request, grant, name => parameters[name]),
            },
            context.RequestAborted
        );
        return outcome.Granted(out var issued, out var refusal) ? Answers.Tokens(issued)
            : refusal.Code is RefusalCode.UnsupportedGrantType ? OAuthError.UnsupportedGrantType(grantType, grants)
            : Answers.Refused(refusal);
    }
}

using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary><c>POST /v1/oauth/token/create/user</c>: a user's token by the company's.</summary>
internal sealed class CreateUser(TokenTypes types, AccessTokenReader reader, OnBehalfGrant grant)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var reading = reader.Read(RequestFacts.AccessToken(context.Request, bare: false));
        if (!reading.Good(out var claims))
        {
            return Answers.NotValid(reading.Fault!.Value);
        }

        var (parameters, fault) = await TokenParameters.ReadAsync(
            context.Request,
            cancellationToken,
            "user_input",
            "scope"
        );
        if (parameters is null)
        {
            return fault!;
        }

        if (parameters["user_input"] is not { } email)
        {
            return OAuthError.Malformed("The parameter user_input is missing. Send the user's email.");
        }

        if (!Scopes.TryParse(parameters["scope"], out var scopes, commas: true))
        {
            return Answers.Refused(Refusals.InvalidScope);
        }

        var outcome = await grant.IssueAsync(
            claims.SessionId,
            OAuthV1Routes.CompanyFamily,
            email,
            scopes.IsEmpty ? null : scopes,
            types.User,
            RequestFacts.Caller(context),
            cancellationToken
        );
        return outcome.Granted(out var issued, out var refusal)
            ? Answers.Tokens(issued, email: null)
            : Answers.Refused(refusal);
    }
}

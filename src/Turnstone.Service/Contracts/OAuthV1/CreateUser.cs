using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary><c>POST /v1/oauth/token/create/user</c>: a user's token by the company's.</summary>
internal sealed class CreateUser(
    TokenTypes types,
    AccessTokenReader reader,
    TokenPipeline pipeline,
    OnBehalfGrant grant
)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var reading = reader.Read(RequestFacts.AccessToken(context.Request, bare: false));
        if (!reading.Good(out var claims))
        {
            return Answers.NotValid(reading.Fault!.Value);
        }

        // It has no more than was left of the session that it names, so it does not act by that session.
        if (claims.ExchangedFrom is not null)
        {
            return Answers.Refused(Refusals.UnauthorizedClient);
        }

        var (parameters, fault) = await TokenParameters.ReadAsync(
            context.Request,
            cancellationToken,
            OnBehalfGrant.User.Name,
            "scope"
        );
        if (parameters is null)
        {
            return fault!;
        }

        if (parameters[OnBehalfGrant.User.Name] is not { } email)
        {
            return OAuthError.Malformed("The parameter user_input is missing. Send the user's email.");
        }

        if (!Scopes.TryParse(parameters["scope"], out var scopes, commas: true))
        {
            return Answers.Refused(Refusals.InvalidScope);
        }

        var input = GrantInput.Of((OnBehalfGrant.User, email), scopes.IsEmpty ? null : scopes);
        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = types.User,
                Caller = RequestFacts.Caller(context),
                Bearer = new Bearer(claims.SessionId, OAuthV1Contract.CompanyFamily),
                Input = _ => input,
            },
            cancellationToken
        );
        return outcome.Granted(out var issued, out var refusal) ? Answers.Tokens(issued) : Answers.Refused(refusal);
    }
}

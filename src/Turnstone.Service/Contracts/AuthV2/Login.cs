using Microsoft.AspNetCore.Http.Features;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.AuthV2;

/// <summary><c>POST /auth/v2/login</c>: email and password for a token set.</summary>
internal sealed class Login(Terms terms, TokenPipeline pipeline, PasswordGrant grant)
{
    public async ValueTask<IResult> HandleAsync(HttpContext context)
    {
        var (body, bodyFault) = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        if (body is null)
        {
            return Malformed.Answer(bodyFault.GetValueOrDefault());
        }

        var (username, usernameFault) = body.Text(PasswordGrant.Username.Name, PasswordGrant.Username.Longest);
        var (password, passwordFault) = body.Text(PasswordGrant.Password.Name, PasswordGrant.Password.Longest);
        if (username is null || password is null)
        {
            return Malformed.Answer(
                (PasswordGrant.Username.Name, usernameFault),
                (PasswordGrant.Password.Name, passwordFault)
            );
        }

        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = terms,
                Caller = RequestFacts.Caller(context),
                Subscription = context.Features.GetRequiredFeature<Subscription>(),
                Input = _ => GrantInput.Of((PasswordGrant.Username, username), (PasswordGrant.Password, password)),
            },
            context.RequestAborted
        );
        return outcome.Granted(out var issued, out var refusal)
            ? TokenSet.Answer(StatusCodes.Status201Created, issued)
            : AuthErrors.Refused(refusal);
    }
}

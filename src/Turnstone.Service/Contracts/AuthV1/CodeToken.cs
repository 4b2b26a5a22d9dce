using System.Text.RegularExpressions;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Server.Hosting;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.AuthV1;

/// <summary><c>GET /auth/v1/token?code=…</c>: a one-time code for a token set.</summary>
internal sealed partial class CodeToken(Terms terms, TokenPipeline pipeline, CodeGrant grant)
{
    public async ValueTask<IResult> HandleAsync(HttpContext context)
    {
        if (context.Request.Query[CodeGrant.Code.Name] is not [{ Length: > 0 } code])
        {
            return Malformed.Answer(
                new InputFault(
                    "query",
                    "code",
                    "This parameter is required, once: send the code you were given.",
                    "value_error.missing"
                )
            );
        }

        if (code.Length > CodeGrant.Code.Longest || !CodePattern().IsMatch(code))
        {
            return Malformed.Answer(
                new InputFault(
                    "query",
                    "code",
                    "A code has letters, digits, dots, underscores and dashes: send it as it was given to you.",
                    "value_error.str.regex"
                )
            );
        }

        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = terms,
                Caller = RequestFacts.Caller(context),
                HasLeft = ClientGone.Watch(context),
                Input = _ => GrantInput.Of((CodeGrant.Code, code)),
            },
            context.RequestAborted
        );
        return outcome.Granted(out var issued, out var refusal)
            ? TokenSet.Answer(StatusCodes.Status200OK, issued)
            : AuthErrors.Refused(refusal);
    }

    // \z and not $, which would let a line feed follow.
    [GeneratedRegex(@"^[A-Za-z0-9._-]+\z")]
    private static partial Regex CodePattern();
}

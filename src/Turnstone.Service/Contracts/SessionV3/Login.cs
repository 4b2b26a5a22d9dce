using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary><c>POST /v3/auth/login</c>: an API key for a session.</summary>
internal sealed class Login(Terms terms, TokenPipeline pipeline, ApiKeyGrant grant)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (body, fault) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null)
        {
            return Problem.Of(fault);
        }

        var (key, wrong) = body.Text(ApiKeyGrant.Key.Name, ApiKeyGrant.Key.Longest);
        if (key is null)
        {
            return Problem.Of(ApiKeyGrant.Key, wrong!.Value);
        }

        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = terms,
                Caller = RequestFacts.Caller(context),
                Input = _ => GrantInput.Of((ApiKeyGrant.Key, key)),
            },
            cancellationToken
        );
        return outcome.Granted(out var issued, out var refusal) ? Pair.Of(issued) : Problem.Of(refusal);
    }
}

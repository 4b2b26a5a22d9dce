using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary>
/// <c>POST /v3/auth/refresh</c> and <c>POST /auth/refresh</c>: the next pair, once the access token has expired.
/// </summary>
internal sealed class Refresh(Terms terms, TokenPipeline pipeline, RefreshGrant grant)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (body, fault) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null)
        {
            return Problem.Of(fault);
        }

        var (token, wrong) = body.Text(RefreshGrant.Token.Name, RefreshGrant.Token.Longest);
        if (token is null)
        {
            return Problem.Of(RefreshGrant.Token, wrong!.Value);
        }

        if (!RequestFacts.TryIdempotencyKey(context.Request, out var key))
        {
            return Problem.Malformed("The Idempotency-Key must be one text of at most 255 printable ASCII characters.");
        }

        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = terms,
                Caller = RequestFacts.Caller(context),
                HasLeft = ClientGone.Watch(context),
                Input = _ => GrantInput.Of((RefreshGrant.Token, token), idempotencyKey: key),
            },
            cancellationToken
        );
        return outcome.Granted(out var issued, out var refusal) ? Pair.Of(issued) : Problem.Of(refusal);
    }
}

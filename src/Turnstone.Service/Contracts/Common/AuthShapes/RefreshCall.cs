using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Server.Hosting;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.Common.AuthShapes;

/// <summary>A refresh once its token has been found in the body: the rest is the same wherever it stood.</summary>
internal sealed class RefreshCall(TokenPipeline pipeline, RefreshGrant grant)
{
    public static int LongestToken => RefreshGrant.Token.Longest;

    public async ValueTask<IResult> AnswerAsync(
        HttpContext context,
        string token,
        Terms terms,
        Subscription? subscription = null
    )
    {
        if (!RequestFacts.TryIdempotencyKey(context.Request, out var idempotencyKey))
        {
            return Malformed.Answer(
                new InputFault(
                    "header",
                    "idempotency-key",
                    "Send one key of at most 255 printable ASCII characters.",
                    "value_error.idempotency_key"
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
                Subscription = subscription,
                Input = _ => GrantInput.Of((RefreshGrant.Token, token), idempotencyKey: idempotencyKey),
            },
            context.RequestAborted
        );
        return outcome.Granted(out var issued, out var refusal)
            ? TokenSet.Answer(StatusCodes.Status201Created, issued)
            : AuthErrors.Refused(refusal);
    }
}

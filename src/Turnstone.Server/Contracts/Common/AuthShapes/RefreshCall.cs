using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.Common.AuthShapes;

/// <summary>A refresh once its token has been found in the body: the rest is the same wherever it stood.</summary>
internal static class RefreshCall
{
    public const int LongestToken = 512;

    public static async ValueTask<IResult> AnswerAsync(
        HttpContext context,
        RefreshGrant grant,
        string token,
        Terms terms,
        Guid? accountId = null
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

        var outcome = await grant.RefreshAsync(
            new RefreshRequest(token, IdempotencyKey: idempotencyKey, AccountId: accountId),
            terms,
            RequestFacts.Caller(context),
            context.RequestAborted
        );
        return outcome.Granted(out var issued, out var refusal)
            ? TokenSet.Answer(StatusCodes.Status201Created, issued)
            : AuthErrors.Refused(refusal);
    }
}

using Microsoft.AspNetCore.Http;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Contracts.Throwaway;

internal sealed class ThrowawayLogin(Terms terms, TokenPipeline pipeline, ApiKeyGrant grant)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grant,
                Terms = terms,
                Caller = new Caller("127.0.0.1"),
                Input = _ => GrantInput.Of((ApiKeyGrant.Key, context.Request.Headers["Key"].ToString())),
            },
            context.RequestAborted
        );
        return outcome.Granted(out var issued, out var refusal)
            ? new JsonAnswer(
                StatusCodes.Status200OK,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("token", issued.AccessToken);
                    json.WriteNumber("seconds", issued.AccessSecondsLeft);
                    json.WriteEndObject();
                }
            )
            : new JsonAnswer(StatusCodes.Status401Unauthorized, json => json.WriteStringValue(refusal.Reason));
    }
}

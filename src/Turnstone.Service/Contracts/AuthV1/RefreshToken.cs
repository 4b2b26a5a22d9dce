using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.AuthV1;

/// <summary><c>POST /auth/v1/refresh-token</c>: the next token set.</summary>
internal sealed class RefreshToken(Terms terms, RefreshCall refresh)
{
    public async ValueTask<IResult> HandleAsync(HttpContext context)
    {
        var (body, bodyFault) = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        if (body is null)
        {
            return Malformed.Answer(bodyFault.GetValueOrDefault());
        }

        var (token, fault) = body.Text("refresh_token", RefreshCall.LongestToken);
        return token is null
            ? Malformed.Answer(("refresh_token", fault))
            : await refresh.AnswerAsync(context, token, terms);
    }
}

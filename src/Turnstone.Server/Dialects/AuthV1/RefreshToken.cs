using Turnstone.Grants;
using Turnstone.Server.Dialects.Common;
using Turnstone.Server.Dialects.Common.AuthShapes;
using Turnstone.Sessions;

namespace Turnstone.Server.Dialects.AuthV1;

/// <summary><c>POST /auth/v1/refresh-token</c>: the next token set.</summary>
internal sealed class RefreshToken(Terms terms, RefreshGrant grant)
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
            : await RefreshCall.AnswerAsync(context, grant, token, terms);
    }
}

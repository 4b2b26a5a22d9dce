using Microsoft.AspNetCore.Http.Features;
using Turnstone.Directory;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.AuthV2;

/// <summary>
/// <c>POST /auth/v2/refresh</c>: the next token set. The token may stand in <c>token</c> or, as in the predecessor, in
/// <c>refresh_token</c>.
/// </summary>
internal sealed class Refresh(Terms terms, RefreshCall refresh)
{
    private const string Name = "token";
    private const string OlderName = "refresh_token";

    public async ValueTask<IResult> HandleAsync(HttpContext context)
    {
        var (body, bodyFault) = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        if (body is null)
        {
            return Malformed.Answer(bodyFault.GetValueOrDefault());
        }

        var (token, fault) = body.OptionalText(Name, RefreshCall.LongestToken);
        var (older, olderFault) = body.OptionalText(OlderName, RefreshCall.LongestToken);
        if (fault is not null || olderFault is not null)
        {
            return Malformed.Answer((Name, fault), (OlderName, olderFault));
        }

        if (token is not null && older is not null && token != older)
        {
            return Malformed.Answer(
                new InputFault(
                    "body",
                    OlderName,
                    "This differs from token: send the refresh token in token alone.",
                    "value_error.conflict"
                )
            );
        }

        return (token ?? older) is { } refreshToken
            ? await refresh.AnswerAsync(
                context,
                refreshToken,
                terms,
                context.Features.GetRequiredFeature<Subscription>()
            )
            : Malformed.Answer((Name, MemberFault.Missing));
    }
}

using Turnstone.AccessTokens;
using Turnstone.Server.Dialects.Common.AuthShapes;

namespace Turnstone.Server.Dialects.AuthV1;

/// <summary><c>POST /auth/v1/validate-token</c>: whether the access token in the Authorization header is good.</summary>
internal static class ValidateToken
{
    public static IResult Handle(HttpContext context, AccessTokenReader reader) => ValidationCall.Answer(context.Request, reader);
}

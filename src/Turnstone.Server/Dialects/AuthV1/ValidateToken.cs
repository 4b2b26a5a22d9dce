using Turnstone.AccessTokens;
using Turnstone.Server.Dialects.Common.AuthShapes;

namespace Turnstone.Server.Dialects.AuthV1;

/// <summary><c>POST /auth/v1/validate-token</c>: whether the access token in the Authorization header is good.</summary>
internal sealed class ValidateToken(AccessTokenReader reader)
{
    public IResult Handle(HttpContext context) => ValidationCall.Answer(context.Request, reader);
}

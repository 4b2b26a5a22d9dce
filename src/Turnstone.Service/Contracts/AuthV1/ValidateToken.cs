using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.AuthV1;

/// <summary>
/// <c>POST /auth/v1/validate-token</c>: whether the access token in the Authorization header is good.
/// </summary>
internal sealed class ValidateToken(AccessTokenReader reader, ValidatedToken validated)
{
    public IResult Handle(HttpContext context) => ValidationCall.Answer(context.Request, reader, validated);
}

using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.AuthV2;

/// <summary><c>POST /auth/v2/validate</c>: whether the access token in the Authorization header is good.</summary>
internal sealed class Validate(AccessTokenReader reader, ValidatedToken validated)
{
    public IResult Handle(HttpContext context) => ValidationCall.Answer(context.Request, reader, validated);
}

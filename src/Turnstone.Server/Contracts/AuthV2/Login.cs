using Microsoft.AspNetCore.Http.Features;
using Turnstone.Credentials.Passwords;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.AuthV2;

/// <summary><c>POST /auth/v2/login</c>: email and password for a token set.</summary>
internal sealed class Login(Terms terms, PasswordGrant grant)
{
    // RFC 5321 §4.5.3.1: a local part of 64, an at sign, a domain of 255.
    private const int LongestUsername = 320;

    public async ValueTask<IResult> HandleAsync(HttpContext context)
    {
        var (body, bodyFault) = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        if (body is null)
        {
            return Malformed.Answer(bodyFault.GetValueOrDefault());
        }

        var (username, usernameFault) = body.Text("username", LongestUsername);
        var (password, passwordFault) = body.Text("password", PasswordText.LongestUtf8);
        if (username is null || password is null)
        {
            return Malformed.Answer(("username", usernameFault), ("password", passwordFault));
        }

        var login = new PasswordLogin(username, password, context.Features.GetRequiredFeature<Subscription>());
        var outcome = await grant.LoginAsync(login, terms, RequestFacts.Caller(context), context.RequestAborted);
        return outcome.Granted(out var issued, out var refusal)
            ? TokenSet.Answer(StatusCodes.Status201Created, issued)
            : AuthErrors.Refused(refusal);
    }
}

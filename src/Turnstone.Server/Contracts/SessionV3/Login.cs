using Turnstone.Credentials;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary><c>POST /v3/auth/login</c>: an API key for a session.</summary>
internal sealed class Login(Terms terms, ApiKeyGrant grant)
{
    public async ValueTask<IResult> AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (body, fault) = await JsonBody.ReadAsync(context.Request, cancellationToken);
        if (body is null)
        {
            return Problem.Of(fault);
        }

        var (key, wrong) = body.Text("api_key", ApiKeyText.Longest);
        if (key is null)
        {
            return Problem.Of("api_key", wrong!.Value, ApiKeyText.Longest);
        }

        var outcome = await grant.LoginAsync(key, terms, RequestFacts.Caller(context), cancellationToken);
        return outcome.Granted(out var issued, out var refusal) ? Pair.Of(issued) : Problem.Of(refusal);
    }
}

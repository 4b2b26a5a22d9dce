using Microsoft.Net.Http.Headers;
using Turnstone.Directory;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// Lets pages of other origins call the endpoints that a browser's client needs (the Fetch standard's CORS). Only a
/// page of an origin where the client has a redirect URI may read an answer. There are no cookies here, so a preflight
/// says yes to everybody: it names no client.
/// </summary>
internal sealed class ClientOrigins(ClientDirectory clients)
{
    private const string Headers = "Authorization, Content-Type, DPoP, Idempotency-Key";
    private const string Exposed = "DPoP-Nonce, Error-Code, Retry-After, WWW-Authenticate";
    private const string TwoHours = "7200";

    /// <summary>
    /// Answers the preflights of calls, and hands on everything else; what only servers call has none.
    /// </summary>
    public static Call AnswerPreflights(Call call) =>
        context =>
            !OAuth2Contract.IsForServers(context.Request.Path)
            && HttpMethods.IsOptions(context.Request.Method)
            && context.Request.Headers is { Origin: [{ Length: > 0 } origin], AccessControlRequestMethod.Count: 1 }
                ? new(Preflight(context.Response.Headers, origin))
                : call(context);

    /// <summary>Allows the page that asks to read the answer, if it is the client's.</summary>
    public async ValueTask AllowAsync(HttpContext context, string? clientId)
    {
        if (
            context.Request.Headers.Origin is not [{ Length: > 0 } origin]
            || await clients.FindAsync(clientId, context.RequestAborted) is not { Stands: true } client
            || !RedirectMatch.IsOriginOf(client, origin)
        )
        {
            return;
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = Exposed;
        headers.Append(HeaderNames.Vary, HeaderNames.Origin);
    }

    /// <summary>
    /// Allows every page to read a refusal that names no client and so says nothing of anybody: that the token which
    /// the page itself has sent is no good.
    /// </summary>
    public static void AllowAnyone(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = Exposed;
    }

    private static IResult Preflight(IHeaderDictionary headers, string origin)
    {
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = Headers;
        headers.AccessControlMaxAge = TwoHours;
        headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        return Results.NoContent();
    }
}

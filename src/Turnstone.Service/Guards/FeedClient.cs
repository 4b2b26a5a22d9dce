using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Guards;

/// <summary>Who follows the feed: a client that may ask what tokens are good for, proven by its secret.</summary>
internal sealed class FeedClient(ClientProof clients, TokenIntrospection introspection)
{
    private const string Name = "feed";

    /// <summary>Null for one that may; otherwise the answer.</summary>
    public async ValueTask<JsonAnswer?> RefuseAsync(HttpContext context)
    {
        var (presented, unclear) = ClientCredentials.Read(context.Request, bodyId: null, bodySecret: null);
        if (unclear is { } fault)
        {
            return OAuthError.Of(fault);
        }

        var proof = await clients.ProveAsync(
            presented,
            Name,
            RequestFacts.Caller(context),
            context.RequestAborted
        );
        return !proof.Granted(out var client, out var refusal) ? OAuthError.Of(refusal)
            : introspection.RefuseAsking(client) is not { } mayNot ? null
            : mayNot.Code is RefusalCode.UnauthorizedClient ? Forbidden(mayNot)
            : OAuthError.Of(mayNot);
    }

    private static JsonAnswer Forbidden(Refusal refusal) =>
        OAuthError.Of(
            StatusCodes.Status403Forbidden,
            "unauthorized_client",
            $"{refusal.Reason} {refusal.NextStep}"
        );
}

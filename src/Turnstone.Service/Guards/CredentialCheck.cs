using Microsoft.AspNetCore.WebUtilities;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Guards;

/// <summary>
/// Whoever sends a request, by whatever it brings: an access token, an API key, a subscription key. A subscription key
/// may stand beside one of the others, as clients of one contract send it; then both have to be good, and of one
/// account.
/// </summary>
internal sealed class CredentialCheck(TokenCheck tokens, KeyCheck keys, Apis apis)
{
    public const string ApiKeyHeader = "X-API-Key";

    private static readonly string[] SubscriptionHeaders = ["Subscription-Key", "Ocp-Apim-Subscription-Key"];

    public async ValueTask<(GuardedCaller? Caller, JsonAnswer? Refused)> ReadAsync(
        HttpContext context,
        ForwardedCall call,
        string audience
    )
    {
        var request = context.Request;
        var (hasToken, apiKeys) = (TokenCheck.IsBrought(request), request.Headers[ApiKeyHeader]);
        if (request.Headers.Authorization.Count > 1 || apiKeys.Count > 1 || (hasToken && apiKeys.Count > 0))
        {
            return (null, GuardRefusals.Ambiguous);
        }

        var subscriptionKey = SubscriptionKeyOf(request, call);
        var (caller, refused) =
            hasToken ? await ByTokenAsync(context, call, audience)
            : apiKeys is [{ } apiKey] ? Of(await keys.ApiKeyAsync(context, call, apiKey), audience)
            : subscriptionKey is null ? (null, GuardRefusals.Of(AccessTokenFault.Missing))
            : (null, null);
        if (refused is not null || subscriptionKey is null)
        {
            return (caller, refused);
        }

        var subscription = await keys.SubscriptionKeyAsync(context, call, subscriptionKey);
        return caller is null ? Of(subscription, audience)
            : !subscription.Granted(out var key, out var refusal) ? (null, GuardRefusals.Of(refusal))
            : caller.Subject != $"{key.AccountId}" ? (null, GuardRefusals.OtherAccount)
            : (caller, null);
    }

    private async ValueTask<(GuardedCaller? Caller, JsonAnswer? Refused)> ByTokenAsync(
        HttpContext context,
        ForwardedCall call,
        string audience
    )
    {
        var (claims, refused) = await tokens.ReadAsync(context, call, audience);
        return (claims is null ? null : GuardedCaller.Of(claims), refused);
    }

    private (GuardedCaller? Caller, JsonAnswer? Refused) Of(Outcome<DirectKey> outcome, string audience)
    {
        if (!outcome.Granted(out var key, out var refusal))
        {
            return (null, GuardRefusals.Of(refusal));
        }

        // Of every API but the one of the settings a key has to have a scope.
        var scopes = ScopesAt(key.Scopes, audience);
        return scopes.IsEmpty && audience != apis.Default.Identifier
            ? (null, GuardRefusals.Of(AccessTokenFault.WrongAudience))
            : (GuardedCaller.Of(key, scopes), null);
    }

    private Scopes ScopesAt(Scopes scopes, string audience) =>
        scopes.And(Scopes.Of(scopes.Names.Where(scope => apis.OwnerOf(scope).Identifier == audience)));

    /// <summary>
    /// From wherever clients put it; an empty text where there are two that differ, of which neither is meant.
    /// </summary>
    private static string? SubscriptionKeyOf(HttpRequest request, ForwardedCall call)
    {
        var headers = request.Headers;
        IEnumerable<string?> found = SubscriptionHeaders.SelectMany(name => (IEnumerable<string?>)headers[name]);
        if (call.Url is { Query.Length: > 1 } url)
        {
            found = found.Concat(QueryHelpers.ParseQuery(url.Query).GetValueOrDefault("subscription-key"));
        }

        string[] keys = [.. found.OfType<string>().Where(key => key.Length > 0).Distinct(StringComparer.Ordinal)];
        return keys switch
        {
            [] => null,
            [var one] => one,
            _ => "",
        };
    }
}

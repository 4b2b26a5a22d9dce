using Microsoft.Extensions.Primitives;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Guards;

/// <summary>
/// What a proxy asks of the credential: scopes, all of which it must have, and the API that it is for.
/// </summary>
internal sealed record GuardRules(Scopes Scopes, string Audience)
{
    public const string ScopeHeader = "Turnstone-Require-Scope";
    public const string AudienceHeader = "Turnstone-Require-Audience";

    private const string Scope = "scope";
    private const string AudienceName = "audience";

    /// <summary>
    /// From the query. Whatever is not understood is refused: a rule with a typing error would let everybody in.
    /// </summary>
    public static (GuardRules? Rules, JsonAnswer? Refused) Read(IQueryCollection query, string audience) =>
        query.Keys.FirstOrDefault(name => name is not (Scope or AudienceName)) is not null
            ? (null, Misconfigured("The query has a parameter that is neither scope nor audience."))
            : Read(query[Scope], query[AudienceName], audience);

    /// <summary>From headers, where the path and its query are the client's.</summary>
    public static (GuardRules? Rules, JsonAnswer? Refused) Read(IHeaderDictionary headers, string audience) =>
        Read(headers[ScopeHeader], headers[AudienceHeader], audience);

    /// <summary>The proxy asks in a way that nobody can answer: no client can help it.</summary>
    public static JsonAnswer Misconfigured(string reason) =>
        OAuthError.Of(
            StatusCodes.Status400BadRequest,
            OAuthError.InvalidRequest,
            $"{reason} The proxy in front of this API has to be configured otherwise: docs/forward-auth.md."
        );

    private static (GuardRules? Rules, JsonAnswer? Refused) Read(
        StringValues scope,
        StringValues audience,
        string usualAudience
    ) =>
        audience.Count > 1 || audience is [null or ""] ? (null, Misconfigured("The audience is empty or there twice."))
        : !Scopes.TryParse(string.Join(' ', (string?[])scope!), out var scopes)
            ? (null, Misconfigured("The scope cannot be read."))
        : scope.Count > 0 && scopes.IsEmpty ? (null, Misconfigured("The scope is empty."))
        : (new GuardRules(scopes, audience.Count == 1 ? audience[0]! : usualAudience), null);
}

using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// The challenge of an answer that wants a (better) access token (RFC 6750 §3). It tells an expired token from every
/// other bad one, and not those from each other.
/// </summary>
internal static class BearerChallenge
{
    public static string For(AccessTokenFault fault) =>
        fault switch
        {
            // §3.1: a request that brought no token gets no error code.
            AccessTokenFault.Missing => "Bearer realm=\"turnstone\"",
            _ => Of("invalid_token", Describe(fault)),
        };

    /// <summary>The challenge with a code and a sentence; both are our own words, so they hold no quote.</summary>
    public static string Of(string error, string description) =>
        $"Bearer realm=\"turnstone\", error=\"{error}\", error_description=\"{description}\"";

    /// <summary>A good token without the scope (RFC 6750 §3.1).</summary>
    public static string ForScope(string scope, string description) =>
        $"Bearer realm=\"turnstone\", error=\"insufficient_scope\", scope=\"{scope}\", "
        + $"error_description=\"{description}\"";

    public static string Describe(AccessTokenFault fault) =>
        fault switch
        {
            AccessTokenFault.Missing => "There is no access token. Send one in the Authorization header, after Bearer.",
            AccessTokenFault.Expired => "The access token has expired. Refresh it and repeat the request.",
            AccessTokenFault.Bound => "The access token is bound to a key (DPoP): it is no bearer token.",
            _ => "The access token is not valid. Log in again.",
        };
}

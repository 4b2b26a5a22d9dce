namespace Turnstone.Grants;

/// <summary>The names of kinds of tokens (RFC 8693 §3).</summary>
public static class TokenTypes
{
    public const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";
    public const string Jwt = "urn:ietf:params:oauth:token-type:jwt";
}

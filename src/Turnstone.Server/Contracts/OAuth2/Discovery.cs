using System.Text.Json.Nodes;
using Turnstone.Grants;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// The authorization server's metadata (RFC 8414 §2), also at the path that OpenID Connect Discovery uses. It names
/// nothing of ID tokens: there are none yet.
/// </summary>
internal sealed class Discovery(IssuerAndAudience issuer, GrantTypes grants)
{
    private static readonly string[] AuthenticationMethods = ["client_secret_basic", "client_secret_post", "none"];

    private readonly byte[] document = Render(issuer.Issuer, grants);

    public IResult Answer(HttpContext context) => Published.Document(context.Response, document, Described.Json);

    private static byte[] Render(string issuer, GrantTypes grants)
    {
        var at = issuer.TrimEnd('/');
        var metadata = new JsonObject
        {
            ["issuer"] = issuer,
            ["authorization_endpoint"] = $"{at}/oauth2/authorize",
            ["token_endpoint"] = $"{at}/oauth2/token",
            ["revocation_endpoint"] = $"{at}/oauth2/revoke",
            ["jwks_uri"] = $"{at}/.well-known/jwks.json",

            ["response_types_supported"] = List("code"),
            ["response_modes_supported"] = List("query"),
            ["grant_types_supported"] = List([.. grants.Names]),
            ["token_endpoint_auth_methods_supported"] = List(AuthenticationMethods),
            ["revocation_endpoint_auth_methods_supported"] = List(AuthenticationMethods),
            ["code_challenge_methods_supported"] = List("S256"),
            ["subject_types_supported"] = List("public"),
            ["authorization_response_iss_parameter_supported"] = true,
            ["prompt_values_supported"] = List("none", "login", "consent", "select_account"),
            ["request_parameter_supported"] = false,

            // Said because a reader takes the contrary for granted where it is not (OpenID Connect Discovery §3).
            ["request_uri_parameter_supported"] = false,
        };
        return System.Text.Encoding.UTF8.GetBytes(metadata.ToJsonString());
    }

    private static JsonArray List(params string[] values) => [.. values.Select(value => (JsonNode)value)];
}

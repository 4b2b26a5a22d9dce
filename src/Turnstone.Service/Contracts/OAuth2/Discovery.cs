using System.Text.Json.Nodes;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Directory.Metadata;
using Turnstone.Grants;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Settings;
using Turnstone.Tokens;
using Turnstone.Tokens.Dpop;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// The authorization server's metadata (RFC 8414 §2, OpenID Connect Discovery §3), at the paths of both.
/// </summary>
internal sealed class Discovery(IssuerAndAudience issuer, GrantTypes grants, TurnstoneSettings settings, Apis apis)
{
    private static readonly string[] Claims =
    [
        "iss",
        "sub",
        "sid",
        "aud",
        "iat",
        "exp",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "at_hash",
        "email",
        "email_verified",
    ];

    private Written? written;

    public IResult Answer(HttpContext context) => Published.Document(context.Response, Document(), Described.Json);

    // Written anew when the APIs were read anew.
    private byte[] Document()
    {
        var registered = apis.Registered;
        if (written is { } last && ReferenceEquals(last.Of, registered))
        {
            return last.Text;
        }

        var text = Render(
            issuer,
            grants,
            settings,
            [
                .. settings.Portal.Offered.Select(scope => scope.Name),
                .. registered.Where(api => api.Offered).SelectMany(api => api.ScopeNames.Names),
            ],
            [.. registered.SelectMany(api => api.DetailTypes).Select(type => type.Type)]
        );
        written = new(registered, text);
        return text;
    }

    private static byte[] Render(
        IssuerAndAudience issuer,
        GrantTypes grants,
        TurnstoneSettings settings,
        IReadOnlyList<string> scopes,
        IReadOnlyList<string> details
    )
    {
        var at = issuer.Issuer.TrimEnd('/');
        var metadata = new JsonObject
        {
            ["issuer"] = issuer.Issuer,
            ["authorization_endpoint"] = $"{at}/oauth2/authorize",
            ["token_endpoint"] = OAuth2Contract.TokenUrl(issuer),
            ["device_authorization_endpoint"] = $"{at}/oauth2/device_authorization",
            ["revocation_endpoint"] = $"{at}/oauth2/revoke",
            ["introspection_endpoint"] = $"{at}/oauth2/introspect",
            ["pushed_authorization_request_endpoint"] = OAuth2Contract.PushUrl(issuer),
            ["end_session_endpoint"] = $"{at}/oauth2/logout",
            ["userinfo_endpoint"] = OAuth2Contract.UserinfoUrl(issuer),
            ["jwks_uri"] = $"{at}/.well-known/jwks.json",

            ["response_types_supported"] = List("code"),
            ["response_modes_supported"] = List("query", "form_post"),
            ["scopes_supported"] = List([.. scopes]),
            ["grant_types_supported"] = List([.. grants.Names]),
            ["authorization_grant_profiles_supported"] = List("urn:ietf:params:oauth:grant-profile:id-jag"),
            ["token_endpoint_auth_methods_supported"] = List([.. ClientMethods.Names]),
            ["token_endpoint_auth_signing_alg_values_supported"] = List([.. VerificationKeys.Algorithms]),
            ["revocation_endpoint_auth_methods_supported"] = List([.. ClientMethods.Names]),
            ["revocation_endpoint_auth_signing_alg_values_supported"] = List([.. VerificationKeys.Algorithms]),

            // Who asks has to prove himself, so "none" is not among them.
            ["introspection_endpoint_auth_methods_supported"] = List([
                .. ClientMethods.Names.Where(name => name != ClientMethod.None.NameOf()),
            ]),
            ["introspection_endpoint_auth_signing_alg_values_supported"] = List([.. VerificationKeys.Algorithms]),
            ["introspection_signing_alg_values_supported"] = List("RS256", "ES256"),
            ["dpop_signing_alg_values_supported"] = List([.. DpopProof.Algorithms]),
            ["require_pushed_authorization_requests"] = settings.RequirePushedAuthorizationRequests,
            ["code_challenge_methods_supported"] = List("S256"),
            ["backchannel_logout_supported"] = true,
            ["backchannel_logout_session_supported"] = true,
            ["subject_types_supported"] = List("public", "pairwise"),
            ["id_token_signing_alg_values_supported"] = List("RS256", "ES256"),
            ["acr_values_supported"] = List([.. SignInLevels.Names]),
            ["claim_types_supported"] = List("normal"),
            ["claims_supported"] = List([.. Claims]),
            ["claims_parameter_supported"] = true,
            ["authorization_response_iss_parameter_supported"] = true,

            // draft-ietf-oauth-client-id-metadata-document §5.
            ["client_id_metadata_document_supported"] = settings.Clients.MetadataDocuments is not MetadataFrom.Nobody,
            ["prompt_values_supported"] = List("none", "login", "consent", "select_account"),
            ["request_parameter_supported"] = false,

            // Said because a reader takes the contrary for granted where it is not (OpenID Connect Discovery §3).
            ["request_uri_parameter_supported"] = false,
        };
        if (settings.Clients.Registration is not RegistrationMode.Closed)
        {
            metadata["registration_endpoint"] = OAuth2Contract.RegisterUrl(issuer);
        }

        if (details.Count > 0)
        {
            metadata["authorization_details_types_supported"] = List([.. details]);
        }

        return System.Text.Encoding.UTF8.GetBytes(metadata.ToJsonString());
    }

    private static JsonArray List(params string[] values) => [.. values.Select(value => (JsonNode)value)];

    private sealed record Written(IReadOnlyList<Api> Of, byte[] Text);
}

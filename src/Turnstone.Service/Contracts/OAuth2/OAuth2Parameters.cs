using System.Collections.Immutable;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// The parameters that the endpoints of this contract read beside those of a grant. Reading, refusals, the OpenAPI
/// document and the tests go by these declarations.
/// </summary>
public static class OAuth2Parameters
{
    public static readonly GrantParameter ClientId = new("client_id", ClientDirectory.LongestId, Required: false)
    {
        Shape = ParameterShape.Printable,
    };

    public static readonly GrantParameter ClientSecret = new(
        "client_secret",
        ClientSecretText.Longest,
        Required: false,
        Secret: true
    );

    /// <summary>A client's assertion (RFC 7523 §2.2), and the one type of it that there is.</summary>
    public static readonly GrantParameter Assertion = new(
        "client_assertion",
        ClientAssertion.LongestText,
        Required: false,
        Secret: true
    )
    {
        Shape = ParameterShape.Jws,
    };

    public static readonly GrantParameter AssertionType = new("client_assertion_type", Longest: 128, Required: false)
    {
        Shape = ParameterShape.Exactly(ClientAssertion.Type),
    };

    /// <summary>Required, but what there is to send is said by the answer to an unknown one.</summary>
    public static readonly GrantParameter GrantType = new("grant_type", Longest: 128, Required: false);

    /// <summary>Of another form it is <c>invalid_scope</c> (RFC 6749 §5.2).</summary>
    public static readonly GrantParameter Scope = new("scope", Scopes.LongestText, Required: false);

    /// <summary>What the tokens are wanted for (RFC 8707 §2).</summary>
    public static readonly GrantParameter Resource = new("resource", Longest: 2048, Required: false) { Many = true };

    /// <summary>What the token is wanted for in particular (RFC 9396); its own error says what is wrong.</summary>
    public static readonly GrantParameter Details = new(
        "authorization_details",
        AuthorizationDetails.LongestText,
        Required: false
    );

    /// <summary>
    /// A token that is asked about or given back, as long as a form may be: what is longer than any token is none, and
    /// no error (RFC 7662 §2.2, RFC 7009 §2.2).
    /// </summary>
    public static readonly GrantParameter Token = new("token", 16 * 1024, Secret: true);

    /// <summary>Not needed: a token shows what it is.</summary>
    public static readonly GrantParameter Hint = new("token_type_hint", Longest: 128, Required: false);

    /// <summary>How a client may say who it is, at every endpoint.</summary>
    public static ImmutableArray<GrantParameter> Client { get; } = [ClientId, ClientSecret, AssertionType, Assertion];

    /// <summary>What every grant may come with.</summary>
    public static ImmutableArray<GrantParameter> EveryGrant { get; } = [GrantType, Scope, Resource, Details];

    /// <summary>What a device asks for.</summary>
    public static ImmutableArray<GrantParameter> DeviceRequest { get; } = [Scope, Resource];

    /// <summary>What is sent about one token.</summary>
    public static ImmutableArray<GrantParameter> OneToken { get; } = [Token, Hint];
}

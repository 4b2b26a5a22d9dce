using System.ComponentModel;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>
/// The wanted content of the store. What the file does not name stays as it is; a member that is left out is not
/// changed.
/// </summary>
public sealed record ProvisioningFile
{
    [Description("The schema of this file, for editors; it is not read.")]
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    [Description("Products, identified by their names.")]
    public IReadOnlyList<ProductItem> Products
    {
        get;
        init => field = value ?? [];
    } = [];

    [Description("Accounts, identified by their emails.")]
    public IReadOnlyList<AccountItem> Accounts
    {
        get;
        init => field = value ?? [];
    } = [];

    [Description("OAuth clients, identified by their ids.")]
    public IReadOnlyList<ClientItem> Clients
    {
        get;
        init => field = value ?? [];
    } = [];

    [Description("APIs that tokens are for, identified by their ids.")]
    public IReadOnlyList<ApiItem> Apis
    {
        get;
        init => field = value ?? [];
    } = [];

    [Description("Identity providers of companies, identified by their issuers.")]
    public IReadOnlyList<IdentityProviderItem> IdentityProviders
    {
        get;
        init => field = value ?? [];
    } = [];
}

/// <summary>A product, identified by its name.</summary>
public sealed record ProductItem
{
    [Description("The name.")]
    public required string Name { get; init; }

    [Description("Whether an administrator has to approve each subscription.")]
    public bool? ApprovalRequired { get; init; }

    [Description("What a login with one of its subscriptions gets: scopes that the server knows.")]
    public IReadOnlyList<string>? Scopes { get; init; }
}

/// <summary>An account, identified by its email.</summary>
public sealed record AccountItem
{
    [Description("The email, which counts as confirmed.")]
    public required string Email { get; init; }

    [Description("12 characters or more. Generated and printed if it is left out of a new account.")]
    public string? Password { get; init; }

    [Description("Whether it administers the portal.")]
    public bool? Administrator { get; init; }

    [Description("Subscriptions, identified by their keys, or by the product if no key is given.")]
    public IReadOnlyList<SubscriptionItem> Subscriptions
    {
        get;
        init => field = value ?? [];
    } = [];

    [Description("API keys, identified by their texts, or by the name if no text is given.")]
    public IReadOnlyList<ApiKeyItem> ApiKeys
    {
        get;
        init => field = value ?? [];
    } = [];

    public override string ToString() => $"account {Email}";
}

/// <summary>A subscription, identified by its keys, or by its product if no key is given.</summary>
public sealed record SubscriptionItem
{
    [Description("The name of a product, of this file or of the store.")]
    public required string Product { get; init; }

    [Description("Its state; Active if it is new and none is given.")]
    public SubscriptionState? State { get; init; }

    [Description("32 characters. Generated and printed if a new subscription has none.")]
    public string? PrimaryKey { get; init; }

    [Description("The second key, so that one can be replaced while the other works.")]
    public string? SecondaryKey { get; init; }

    public override string ToString() => $"subscription to {Product}";
}

/// <summary>An API key, identified by its text, or by its name if no text is given.</summary>
public sealed record ApiKeyItem
{
    [Description("The name.")]
    public required string Name { get; init; }

    [Description("The text. Generated and printed if a new key has none.")]
    public string? Key { get; init; }

    [Description("For how long a new key works; only its owner renews it.")]
    public int? ExpiresInDays { get; init; }

    [Description("What a login with it gets.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    public override string ToString() => $"API key {Name}";
}

/// <summary>A client, identified by its id.</summary>
public sealed record ClientItem
{
    [Description("The id.")]
    public required string ClientId { get; init; }

    [Description("Generated and printed if a new client that is not public has none.")]
    public string? ClientSecret { get; init; }

    [Description("What the consent page calls it.")]
    public string? Name { get; init; }

    [Description("The email of the account that manages it in the portal, of this file or of the store.")]
    public string? Owner { get; init; }

    [Description("Whether it can keep no secret (a browser, a phone) and has to use PKCE.")]
    public bool? Public { get; init; }

    [Description("The one way in which it proves itself; by default its secret, by HTTP Basic or in the body.")]
    public ClientMethod? TokenEndpointAuthMethod { get; init; }

    [Description("The public keys of a client of private_key_jwt: a JWK set.")]
    public JsonObject? Jwks { get; init; }

    [Description("Where such a client publishes its keys, in place of jwks.")]
    public string? JwksUri { get; init; }

    [Description("Whether it may ask what tokens are good for (RFC 7662).")]
    public bool? Introspect { get; init; }

    [Description("Whether it has to push its authorization requests (RFC 9126).")]
    public bool? RequirePushedAuthorizationRequests { get; init; }

    [Description(
        "Whether its authorization requests need a PKCE challenge where a contract asks that of all; false for a "
            + "program that is older."
    )]
    public bool? RequirePkce { get; init; }

    [Description("Whether it gets tokens only with the proof of a key that they are bound to (DPoP, RFC 9449).")]
    public bool? DpopBoundAccessTokens { get; init; }

    [Description("Whether each refresh replaces its refresh token; false only with dpopBoundAccessTokens.")]
    public bool? RefreshTokenRotation { get; init; }

    [Description("fapi2: it keeps the FAPI 2.0 Security Profile as a whole.")]
    public ClientProfile? Profile { get; init; }

    [Description("Where a code may be sent, character for character.")]
    public IReadOnlyList<string>? RedirectUris { get; init; }

    [Description("Where its users may be sent after they have signed out, character for character.")]
    public IReadOnlyList<string>? PostLogoutRedirectUris { get; init; }

    [Description("Where it is told that a session of its users has ended (OpenID Connect Back-Channel Logout).")]
    public string? BackchannelLogoutUri { get; init; }

    [Description("Whether it takes only notices that name the session.")]
    public bool? BackchannelLogoutSessionRequired { get; init; }

    [Description("public or pairwise: whether its users have subjects that no client of another sector knows.")]
    public SubjectType? SubjectType { get; init; }

    [Description("The host that says which pairwise clients share subjects, in place of that of its redirect URIs.")]
    public string? Sector { get; init; }

    [Description("Origins whose pages may call the token endpoint for it, beside those of its redirect URIs.")]
    public IReadOnlyList<string>? Origins { get; init; }

    [Description(
        "authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:device_code, "
            + "urn:ietf:params:oauth:grant-type:token-exchange, urn:ietf:params:oauth:grant-type:jwt-bearer."
    )]
    public IReadOnlyList<string>? GrantTypes { get; init; }

    [Description("What it may ask for.")]
    public IReadOnlyList<string>? Scopes { get; init; }

    [Description("The identifiers of APIs that it may use beside those that its scopes are of.")]
    public IReadOnlyList<string>? Resources { get; init; }

    [Description("user, company: the types of token that it may ask for.")]
    public IReadOnlyList<string>? TokenTypes { get; init; }

    [Description("How long its access tokens are valid, in place of the default of the contract.")]
    public int? AccessTokenSeconds { get; init; }

    [Description("How long its refresh tokens are valid, counted anew at each refresh.")]
    public int? RefreshTokenSeconds { get; init; }

    [Description("After how long its sessions end, however often they are refreshed.")]
    public int? SessionSeconds { get; init; }

    [Description("For how long a refresh without Idempotency-Key may be repeated.")]
    public int? RetryWindowSeconds { get; init; }

    [Description("What a refresh gets before the access token has expired.")]
    public EarlyRefresh? EarlyRefresh { get; init; }

    [Description("How its access tokens are signed.")]
    public SigningAlgorithm? SigningAlgorithm { get; init; }

    [Description("Who may be it without a secret; others that it has are taken away.")]
    public IReadOnlyList<TrustItem>? Trust { get; init; }

    public override string ToString() => $"client {ClientId}";
}

/// <summary>Somebody who may be a client without a secret (RFC 7523 §2.1).</summary>
public sealed record TrustItem
{
    [Description("The issuer of the assertions, character for character.")]
    public required string Issuer { get; init; }

    [Description("The one audience that they name.")]
    public required string Audience { get; init; }

    [Description("What their claims have to be; a value may have one *, which must not stand first.")]
    public required IReadOnlyDictionary<string, string> Claims { get; init; }

    [Description("The public keys of the issuer, a JWK set, if they cannot be fetched by its discovery document.")]
    public JsonObject? Jwks { get; init; }

    public override string ToString() => $"trust in {Issuer}";
}

/// <summary>A company's identity provider, which says for whom of its people a client acts.</summary>
public sealed record IdentityProviderItem
{
    [Description("The issuer of the assertions, character for character.")]
    public required string Issuer { get; init; }

    [Description("The domains of its people's email addresses; it speaks for nobody else.")]
    public required IReadOnlyList<string> Domains { get; init; }

    [Description("The clients that it may let act for them.")]
    public required IReadOnlyList<string> Clients { get; init; }

    [Description("Its public keys, a JWK set, if they cannot be fetched by its discovery document.")]
    public JsonObject? Jwks { get; init; }

    public override string ToString() => $"identity provider {Issuer}";
}

/// <summary>The file is read strictly: an unknown member is a mistake.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(ProvisioningFile))]
internal sealed partial class ProvisioningJson : JsonSerializerContext;

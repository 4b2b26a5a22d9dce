using System.Text.Json.Serialization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Sessions;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>
/// The wanted content of the store. What the file does not name stays as it is; a member that is left out is not
/// changed.
/// </summary>
public sealed record ProvisioningFile
{
    public IReadOnlyList<ProductItem> Products
    {
        get;
        init => field = value ?? [];
    } = [];

    public IReadOnlyList<AccountItem> Accounts
    {
        get;
        init => field = value ?? [];
    } = [];

    public IReadOnlyList<ClientItem> Clients
    {
        get;
        init => field = value ?? [];
    } = [];
}

/// <summary>A product, identified by its name.</summary>
public sealed record ProductItem
{
    public required string Name { get; init; }

    public bool? ApprovalRequired { get; init; }

    /// <summary>What a login with one of its subscriptions gets.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }
}

/// <summary>An account, identified by its email.</summary>
public sealed record AccountItem
{
    public required string Email { get; init; }

    public string? Password { get; init; }

    public bool? Administrator { get; init; }

    public IReadOnlyList<SubscriptionItem> Subscriptions
    {
        get;
        init => field = value ?? [];
    } = [];

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
    public required string Product { get; init; }

    public SubscriptionState? State { get; init; }

    public string? PrimaryKey { get; init; }

    public string? SecondaryKey { get; init; }

    public override string ToString() => $"subscription to {Product}";
}

/// <summary>An API key, identified by its text, or by its name if no text is given.</summary>
public sealed record ApiKeyItem
{
    public required string Name { get; init; }

    public string? Key { get; init; }

    /// <summary>Used when the key is created; only its owner renews it.</summary>
    public int? ExpiresInDays { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public override string ToString() => $"API key {Name}";
}

/// <summary>A client, identified by its id.</summary>
public sealed record ClientItem
{
    public required string ClientId { get; init; }

    public string? ClientSecret { get; init; }

    public string? Name { get; init; }

    public bool? Public { get; init; }

    public IReadOnlyList<string>? RedirectUris { get; init; }

    public IReadOnlyList<string>? GrantTypes { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public IReadOnlyList<string>? TokenTypes { get; init; }

    public int? AccessTokenSeconds { get; init; }

    public int? RefreshTokenSeconds { get; init; }

    public int? SessionSeconds { get; init; }

    public int? RetryWindowSeconds { get; init; }

    public EarlyRefresh? EarlyRefresh { get; init; }

    public SigningAlgorithm? SigningAlgorithm { get; init; }

    public override string ToString() => $"client {ClientId}";
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

using System.ComponentModel;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>An API that tokens are for, identified by its id.</summary>
public sealed record ApiItem
{
    [Description("Small letters, digits and dashes. Pages and the metadata of the API have it in their addresses.")]
    public required string Id { get; init; }

    [Description("The resource identifier, an absolute URI: the audience of its tokens. It never changes.")]
    public string? Identifier { get; init; }

    [Description("What the pages call it.")]
    public string? Name { get; init; }

    [Description("Its scopes. No other API has one of the same name.")]
    public IReadOnlyList<ApiScopeItem>? Scopes { get; init; }

    [Description("Whether customers may give its scopes to their applications, or one without scopes itself.")]
    public bool? Offered { get; init; }

    [Description("How long its access tokens are valid, at most.")]
    public int? AccessTokenSeconds { get; init; }

    [Description("How its access tokens are signed.")]
    public SigningAlgorithm? SigningAlgorithm { get; init; }

    [Description("TwoFactors or PhishingResistant (a passkey): how a person has to sign in to let a client in there.")]
    public SignInLevel? SignInLevel { get; init; }

    [Description("The id of the client with whose credential it asks what tokens are good for (RFC 7662).")]
    public string? IntrospectsAs { get; init; }

    [Description("The types of authorization details that it understands (RFC 9396).")]
    public IReadOnlyList<ApiDetailTypeItem>? AuthorizationDetailsTypes { get; init; }

    public override string ToString() => $"API {Id}";
}

/// <summary>A scope of an API.</summary>
public sealed record ApiScopeItem
{
    [Description("The name.")]
    public required string Name { get; init; }

    [Description("What it allows, a sentence for each language of the portal: en, de.")]
    public required IReadOnlyDictionary<string, string> Meanings { get; init; }
}

/// <summary>A type of authorization details.</summary>
public sealed record ApiDetailTypeItem
{
    [Description("The name. No other API has one of the same name.")]
    public required string Type { get; init; }

    [Description("What it allows, a sentence for each language of the portal: en, de.")]
    public required IReadOnlyDictionary<string, string> Meanings { get; init; }

    [Description("The actions that there are. Where there are any, a request names some of them.")]
    public IReadOnlyList<string> Actions
    {
        get;
        init => field = value ?? [];
    } = [];

    [Description("The members that it may have beside type, locations and actions.")]
    public IReadOnlyList<string> Members
    {
        get;
        init => field = value ?? [];
    } = [];
}

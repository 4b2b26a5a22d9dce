using Turnstone.Server.Settings;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// What the rest of the server knows of a wire contract. The folder of each contract has one descriptor, and
/// <see cref="AllContracts"/> lists them. Routes, settings, OpenAPI documents, pages and commands read the descriptors,
/// so nothing outside of the folder names the contract.
/// </summary>
public sealed record Contract
{
    /// <summary>The name of its settings: <c>Turnstone:Contracts:{Name}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The path that its calls begin with. Its users know it by this path.</summary>
    public required string Prefix { get; init; }

    /// <summary>
    /// Contracts of one family refresh each other's sessions. Codes and audit entries name the family.
    /// </summary>
    public required string Family { get; init; }

    /// <summary>The name of its OpenAPI document.</summary>
    public required string Document { get; init; }

    /// <summary>The version in its OpenAPI document.</summary>
    public required string Version { get; init; }

    /// <summary>A sentence about all of its calls, for the OpenAPI document.</summary>
    public string? Description { get; init; }

    /// <summary>The settings unless the operator changes them: what the contract's document promises.</summary>
    public required ContractSettings Defaults { get; init; }

    /// <summary>Whether a refresh extends the session.</summary>
    public bool Sliding { get; init; } = true;

    /// <summary>The <c>typ</c> of its access tokens.</summary>
    public string TokenType { get; init; } = "JWT";

    /// <summary>The call that opens a session.</summary>
    public required ContractCall Login { get; init; }

    /// <summary>The call that refreshes one.</summary>
    public required ContractCall Refresh { get; init; }

    /// <summary>Where every grant with a <c>grant_type</c> is asked for; null where there is no such place.</summary>
    public string? GrantsPath { get; init; }

    /// <summary>Maps its calls. The tokens are issued on these terms.</summary>
    public required Action<IEndpointRouteBuilder, Terms> Map { get; init; }

    /// <summary>Maps what other contracts need of it, where it is switched off; null where they need nothing.</summary>
    public Action<IEndpointRouteBuilder>? MapShared { get; init; }

    /// <summary>Where its clients' users consent; null for a contract without clients.</summary>
    public AuthorizationEndpoint? Authorization { get; init; }

    /// <summary>Its calls as shell commands.</summary>
    public required ContractSamples Samples { get; init; }

    public bool Deprecated => Defaults is DeprecatedContractSettings;

    public string Title => Deprecated ? $"{Prefix} (deprecated)" : Prefix;

    /// <summary>Whether it exchanges codes that are bound to no client, such as the portal's own.</summary>
    public bool TakesUnboundCodes => Samples.UnboundCodes is not null;

    internal ApiDocument OpenApi => new(Document, Title, Version, Description) { Deprecated = Deprecated };

    public override string ToString() => Name;
}

/// <summary>A call of a contract: its method and its path.</summary>
public sealed record ContractCall(string Method, string Path)
{
    public override string ToString() => $"{Method} {Path}";
}

using Turnstone.Model;

namespace Turnstone.Server.Portal.Sessions;

/// <summary>A client that the account has let in, over all its contracts.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Owner">The email of its owner; null for the provider's own.</param>
/// <param name="Scopes">What it was allowed.</param>
/// <param name="GivenAt">Since when.</param>
public sealed record ConsentRow(
    string ClientId,
    string Name,
    string? Owner,
    IReadOnlyList<string> Scopes,
    DateTimeOffset GivenAt
);

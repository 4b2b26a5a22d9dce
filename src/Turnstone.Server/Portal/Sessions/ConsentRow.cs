namespace Turnstone.Server.Portal.Sessions;

/// <summary>A client that the account has given access, over all contracts.</summary>
/// <param name="ClientId">The client.</param>
/// <param name="Name">The client's name.</param>
/// <param name="Owner">The owner's email; null for the provider's own clients.</param>
/// <param name="Scopes">The scopes.</param>
/// <param name="GivenAt">When access was given.</param>
/// <param name="EndsAt">When the last of it ends; null until the account ends it.</param>
public sealed record ConsentRow(
    string ClientId,
    string Name,
    string? Owner,
    IReadOnlyList<string> Scopes,
    DateTimeOffset GivenAt,
    DateTimeOffset? EndsAt
);

using Turnstone.Authorization;

namespace Turnstone.Server.Contracts.Common;

/// <summary>The authorization endpoint of a contract. The portal's page answers there, by these rules.</summary>
public sealed record AuthorizationEndpoint(string Path, AuthorizationRules Rules)
{
    /// <summary>Where its clients send their users to sign out; null where they do not.</summary>
    public string? LogoutPath { get; init; }
}

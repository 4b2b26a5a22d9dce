namespace Turnstone.Server.Contracts.Common;

/// <summary>An OpenAPI document: its address and what it says of all its calls.</summary>
/// <param name="Name">The name of its file, without the ending.</param>
/// <param name="Title">The paths that it is about, as the reference lists them.</param>
/// <param name="Version">The version of its calls.</param>
/// <param name="Description">A sentence about all of its calls.</param>
public sealed record ApiDocument(string Name, string Title, string Version, string? Description)
{
    /// <summary>What serves every contract alike: a holder's own sessions, the guard for proxies, the feed.</summary>
    public static ApiDocument OfEveryContract { get; } =
        new(
            "every-contract",
            "/own, /forward-auth, /feed",
            "v1",
            "For the tokens of every contract: what became of a session, the guard that a proxy asks, and the feed of "
                + "what was revoked."
        );

    /// <summary>Whether there is something to move to from all of its calls.</summary>
    public bool Deprecated { get; init; }
}

using Turnstone.Model;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>What somebody is asked to let happen, as the page shows it.</summary>
public sealed record ConsentQuestion
{
    /// <summary>What the program calls itself.</summary>
    public required string ClientName { get; init; }

    /// <summary>Whose it is: an email; null when it is the provider's own.</summary>
    public required string? OwnerEmail { get; init; }

    /// <summary>Where the answer goes.</summary>
    public required Uri Target { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required bool MayActAsCompany { get; init; }

    /// <summary>Who is asked.</summary>
    public required string Email { get; init; }

    /// <summary>The way to be somebody else.</summary>
    public required string OtherAccount { get; init; }

    /// <summary>Whether the answer goes to a program on this very machine, which nobody can vouch for.</summary>
    public bool ToThisMachine => Target.Scheme == "http" && Target.IsLoopback;

    /// <summary>Whether it goes to whichever program has taken the scheme.</summary>
    public bool ToAnApp => Target.Scheme is not ("http" or "https");
}

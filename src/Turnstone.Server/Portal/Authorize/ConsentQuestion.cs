namespace Turnstone.Server.Portal.Authorize;

/// <summary>The question of the consent page.</summary>
public sealed record ConsentQuestion
{
    /// <summary>Who wants what.</summary>
    public required AskedFor Asked { get; init; }

    /// <summary>What it wants to do in particular.</summary>
    public IReadOnlyList<AskedDetail> Details { get; init; } = [];

    /// <summary>The redirect URI.</summary>
    public required Uri Target { get; init; }

    public required bool MayActAsCompany { get; init; }

    /// <summary>The account that is asked.</summary>
    public required string Email { get; init; }

    /// <summary>The link to sign in with another account.</summary>
    public required string OtherAccount { get; init; }

    /// <summary>
    /// Whether the answer goes to a program on the user's machine, whose identity cannot be verified.
    /// </summary>
    public bool ToThisMachine => Target.Scheme == "http" && Target.IsLoopback;

    /// <summary>Whether the answer goes to the app that has registered the scheme.</summary>
    public bool ToAnApp => Target.Scheme is not ("http" or "https");
}

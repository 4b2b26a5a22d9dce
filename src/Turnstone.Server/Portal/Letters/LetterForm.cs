using Turnstone.Directory;

namespace Turnstone.Server.Portal.Letters;

/// <summary>A letter that the portal writes, and what stands for its facts in a text of the operator's own.</summary>
/// <param name="Name">The name of the file of such a text, without its endings.</param>
/// <param name="Needed">Places without which the letter would be of no use.</param>
/// <param name="Offered">Places that a text may have too.</param>
/// <param name="Kind">Of which kind it is, if nobody has asked for it.</param>
public sealed record LetterForm(string Name, string[] Needed, string[] Offered, LetterKind? Kind = null)
{
    /// <summary>The name of the service; every text may have it, a subject too.</summary>
    public const string Brand = "name";

    /// <summary>An address that the reader opens; it stands in a line of its own.</summary>
    public const string Link = "link";

    public const string What = "what";
    public const string When = "when";
    public const string Network = "network";

    public static readonly LetterForm Confirm = new("confirm", [Link], []);
    public static readonly LetterForm Taken = new("taken", [Link], []);
    public static readonly LetterForm Reset = new("reset", [Link], []);
    public static readonly LetterForm Invite = new("invite", [Link], ["portal", "later"]);

    // Who does not read which account it is would confirm a stranger's.
    public static readonly LetterForm NewEmail = new("new-email", ["account", Link], []);
    public static readonly LetterForm FactorApp = new("factor-app", [Link], [When, Network]);
    public static readonly LetterForm FactorPasskey = new("factor-passkey", [Link], [When, Network]);
    public static readonly LetterForm Changed = new("changed", [What, Link], [When, Network]);
    public static readonly LetterForm NewSignIn = new(
        "new-sign-in",
        [Link],
        [When, Network, "browser"],
        LetterKind.NewSignIn
    );
    public static readonly LetterForm NewKey = new("new-key", [What, Link], [When, Network], LetterKind.NewKey);
    public static readonly LetterForm KeyFreezes = new("key-freezes", [Link], ["keys"], LetterKind.KeyFreezes);
    public static readonly LetterForm SuspectedCopy = new(
        "suspected-copy",
        [What, Link],
        [When, Network, "opened"],
        LetterKind.SuspectedCopy
    );
    public static readonly LetterForm ReusedToken = new(
        "reused-token",
        [Link],
        [When, Network, "opened"],
        LetterKind.SuspectedCopy
    );
    public static readonly LetterForm Decision = new(
        "decision",
        [What, Link],
        ["product", "message"],
        LetterKind.Decision
    );
    public static readonly LetterForm ApprovalAsked = new(
        "approval-asked",
        [Link],
        [What, "products"],
        LetterKind.ApprovalAsked
    );

    /// <summary>What stands below every letter in place of the service's name; it has no subject.</summary>
    public static readonly LetterForm Closing = new("closing", [], []);

    public static IReadOnlyList<LetterForm> All { get; } =
    [
        Confirm,
        Taken,
        Reset,
        Invite,
        NewEmail,
        FactorApp,
        FactorPasskey,
        Changed,
        NewSignIn,
        NewKey,
        KeyFreezes,
        SuspectedCopy,
        ReusedToken,
        Decision,
        ApprovalAsked,
        Closing,
    ];

    /// <summary>Whether its reader can turn it off; it says so.</summary>
    public bool MayBeOff => Kind is { } kind && LetterWishes.MayBeOff(kind);

    /// <summary>The facts that whoever writes the letter gives.</summary>
    public IEnumerable<string> Facts => Needed.Concat(Offered);

    /// <summary>Every place that a text may have.</summary>
    public IEnumerable<string> Places => Facts.Prepend(Brand);
}

/// <summary>A letter in the portal's own words, and its facts for a text of the operator's.</summary>
public sealed record LetterDraft(
    string Subject,
    IEnumerable<string> Paragraphs,
    params (string Place, string Text)[] Facts
);

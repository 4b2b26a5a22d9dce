namespace Turnstone.Directory;

/// <summary>What an account is written about without having asked.</summary>
public enum LetterKind
{
    /// <summary>A refresh token of the account may have been copied.</summary>
    SuspectedCopy,

    /// <summary>Somebody signed in from a browser in which the account had not.</summary>
    NewSignIn,

    /// <summary>A key was made that opens sessions of the account.</summary>
    NewKey,

    /// <summary>API keys are about to freeze.</summary>
    KeyFreezes,

    /// <summary>An administrator has decided on a subscription of the account.</summary>
    Decision,

    /// <summary>Subscriptions wait for approval; to administrators alone.</summary>
    ApprovalAsked,
}

/// <summary>In which language an account is written to, and about what it does not want to be.</summary>
/// <param name="Language">Null while it is not known: letters are then written in every language.</param>
public sealed record LetterWishes(string? Language, IReadOnlyList<LetterKind> Off)
{
    public static LetterWishes None { get; } = new(null, []);

    /// <summary>An alarm is about theft: whoever has stolen something must not be able to turn it off.</summary>
    public static bool MayBeOff(LetterKind kind) => kind is not LetterKind.SuspectedCopy;

    /// <summary>A thief would turn these off first, so turning them off is told.</summary>
    public static bool GuardsAccount(LetterKind kind) => kind is LetterKind.NewSignIn or LetterKind.NewKey;

    public bool Wants(LetterKind kind) => !MayBeOff(kind) || !Off.Contains(kind);
}

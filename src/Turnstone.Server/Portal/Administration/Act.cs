namespace Turnstone.Server.Portal.Administration;

/// <summary>Something that an administrator does for a reason: a folded form that asks for it.</summary>
/// <param name="Handler">The page's handler, which is also the form's name.</param>
/// <param name="Title">What is done, on the button.</param>
/// <param name="Sentence">What it means.</param>
public sealed record Act(string Handler, string Title, string Sentence)
{
    /// <summary>Which line of a list is meant.</summary>
    public string? Target { get; init; }

    public bool Danger { get; init; }

    /// <summary>A borrowed browser should not do it.</summary>
    public bool AsksPassword { get; init; }

    public string Id => IdOf(Handler, Target);

    public static string IdOf(string handler, string? target) => target is null ? handler : $"{handler}-{target}";
}

/// <summary>The form of an act as the page shows it: open and with its sentences when it was just refused.</summary>
public sealed record ActForm(Act Act, string? Reason, string? ReasonError, string? PasswordError)
{
    public bool Open => ReasonError is not null || PasswordError is not null;
}

namespace Turnstone.Server.Portal.Administration;

/// <summary>An act of an administrator: a folded form that asks for its reason.</summary>
/// <param name="Handler">The page's handler and the form's name.</param>
/// <param name="Title">The text of the button.</param>
/// <param name="Sentence">What it means.</param>
public sealed record Act(string Handler, string Title, string Sentence)
{
    /// <summary>The line of a list that it applies to.</summary>
    public string? Target { get; init; }

    public bool Danger { get; init; }

    /// <summary>Asks what to tell the customer.</summary>
    public bool AsksMessage { get; init; }

    /// <summary>Asks for the password, because the browser may be unattended.</summary>
    public bool AsksPassword { get; init; }

    public string Id => IdOf(Handler, Target);

    public static string IdOf(string handler, string? target) => target is null ? handler : $"{handler}-{target}";
}

/// <summary>The form of an act; open with its errors after it was refused.</summary>
public sealed record ActForm(Act Act, string? Reason, string? ReasonError, string? PasswordError)
{
    public string? Message { get; init; }

    public string? MessageError { get; init; }

    public bool Open => (ReasonError ?? PasswordError ?? MessageError) is not null;
}

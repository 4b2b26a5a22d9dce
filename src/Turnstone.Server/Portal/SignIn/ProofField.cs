namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// The password field of a form that needs it. A session that has proved itself recently is told so instead.
/// </summary>
public sealed record ProofField(string Hint, bool Required = true)
{
    /// <summary>The name of the field; never a value.</summary>
    public string? Password => null;
}

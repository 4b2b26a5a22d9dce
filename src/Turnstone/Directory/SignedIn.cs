namespace Turnstone.Directory;

/// <summary>When and how a person signed in. The methods are those of RFC 8176.</summary>
public sealed record SignedIn(DateTimeOffset At, IReadOnlyList<string> Methods)
{
    /// <summary>Which sign-in it was; null for one from before they had ids.</summary>
    public Guid? Id { get; init; }

    public SignInLevel Level =>
        Methods.Contains("hwk") ? SignInLevel.PhishingResistant
        : Methods.Contains("mfa") ? SignInLevel.TwoFactors
        : SignInLevel.Password;

    /// <summary>The claim <c>acr</c>: the first of the values asked for that is true, or else what it was.</summary>
    public string Acr(IReadOnlyList<string> asked) =>
        asked.FirstOrDefault(name => SignInLevels.Read(name) <= Level) ?? Level.NameOf();

    public static readonly string[] ByPassword = ["pwd"];

    /// <summary>A password, and a code of the app or a recovery code.</summary>
    public static readonly string[] ByTwoFactors = ["pwd", "otp", "mfa"];

    /// <summary>A password and a code of an app that nobody has vouched for yet (ADR 42): no two factors.</summary>
    public static readonly string[] ByWaitingCode = ["pwd", "otp"];

    /// <summary>A passkey that nobody has vouched for yet: somebody was there.</summary>
    public static readonly string[] ByWaitingPasskey = ["user"];

    /// <summary>A key that the device gives only to the person whom it has verified.</summary>
    public static readonly string[] ByPasskey = ["hwk", "user", "mfa"];
}

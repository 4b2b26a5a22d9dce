namespace Turnstone.Server.Portal.SignIn;

/// <summary>The paths of the sign-in pages.</summary>
public static class SignInPaths
{
    public const string SignIn = "/portal/sign-in";
    public const string SecondFactor = "/portal/sign-in/second-factor";
    public const string StepUp = "/portal/sign-in/step-up";
    public const string SignUp = "/portal/sign-up";
    public const string SignOut = "/portal/sign-out";
    public const string Forgot = "/portal/forgot-password";
    public const string Reset = "/portal/reset-password";
    public const string Confirm = "/portal/confirm-email";
    public const string ConfirmNewEmail = "/portal/confirm-new-email";
    public const string ConfirmFactor = "/portal/confirm-factor";
    public const string Passkey = "/portal/sign-in/passkey";
}

using Turnstone.Directory;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>The pages on the way in and out.</summary>
public static class EntrancePaths
{
    public const string SignIn = "/portal/sign-in";
    public const string SecondStep = "/portal/sign-in/second-step";
    public const string SignUp = "/portal/sign-up";
    public const string SignOut = "/portal/sign-out";
    public const string Forgot = "/portal/forgot-password";
    public const string Reset = "/portal/reset-password";
    public const string Confirm = "/portal/confirm-email";
    public const string ConfirmNewEmail = "/portal/confirm-new-email";
    public const string Passkey = "/portal/sign-in/passkey";
}

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>The paths of the security pages.</summary>
public static class SecurityPaths
{
    public const string Index = "/portal/profile/security";
    public const string Password = "/portal/profile/security/password";
    public const string Email = "/portal/profile/security/email";
    public const string SecondFactor = "/portal/profile/security/second-factor";
    public const string Erase = "/portal/profile/security/erase";
    public const string Passkeys = "/portal/profile/security/passkeys";
}

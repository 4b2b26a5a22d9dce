using Turnstone.Directory;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>Whether somebody has signed in as surely as is wanted, and could.</summary>
public sealed class SignInLevelCheck(FactorTrust trust)
{
    public static bool Reaches(HttpContext context, SignInLevel level) =>
        PortalSession.SignedIn(context) is { } signedIn && signedIn.Level >= level;

    /// <summary>Whether the account has what it takes.</summary>
    public async Task<bool> CanReachAsync(Account account, SignInLevel level, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return level is SignInLevel.Password
            || (level is SignInLevel.TwoFactors && trust.CodesCount(account))
            || await trust.HasPasskeyAsync(account, cancellationToken);
    }
}

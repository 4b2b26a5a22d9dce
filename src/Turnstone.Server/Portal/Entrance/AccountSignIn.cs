using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Turnstone.Directory;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>Identity's sign-in, entered with an account whose password the password door has proven: so a portal sign-in has the limits and the record of every other.</summary>
public sealed class AccountSignIn(
    AccountManager manager,
    IHttpContextAccessor accessor,
    IUserClaimsPrincipalFactory<Account> principals,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<Account>> logger,
    IAuthenticationSchemeProvider schemes,
    IUserConfirmation<Account> confirmation,
    TimeProvider time)
    : SignInManager<Account>(manager, accessor, principals, options, logger, schemes, confirmation)
{
    /// <summary>Signs in, or asks for the second step where the account has one.</summary>
    public Task<SignInResult> EnterAsync(Account account, bool persistent) => SignInOrTwoFactorAsync(account, persistent, loginProvider: null, bypassTwoFactor: false);

    /// <summary>Every way of signing in ends here. The moment goes with the cookie and stays when the cookie is renewed, which is no sign-in.</summary>
    public override Task SignInWithClaimsAsync(Account user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims)
    {
        var properties = authenticationProperties ?? new AuthenticationProperties();
        PortalSession.Stamp(properties, time.GetUtcNow());
        return base.SignInWithClaimsAsync(user, properties, additionalClaims);
    }
}

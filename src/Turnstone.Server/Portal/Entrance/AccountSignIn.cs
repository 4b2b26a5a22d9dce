using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Turnstone.Directory;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>Someone whose password was right and whose second step is still to come.</summary>
public sealed record Halfway(Account Account, bool Remember);

/// <summary>
/// Identity's sign-in, entered with an account whose password was proven as every other is: so a portal sign-in has the
/// limits and the record of every other.
/// </summary>
public sealed class AccountSignIn(
    AccountManager manager,
    IHttpContextAccessor accessor,
    IUserClaimsPrincipalFactory<Account> principals,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<Account>> logger,
    IAuthenticationSchemeProvider schemes,
    IUserConfirmation<Account> confirmation,
    TimeProvider time
) : SignInManager<Account>(manager, accessor, principals, options, logger, schemes, confirmation)
{
    /// <summary>
    /// The cookie between the two steps. Identity's own for this keeps passkey challenges here, and one must not end
    /// the other.
    /// </summary>
    public const string HalfwayScheme = "Turnstone.Halfway";

    private const string Stamp = "stamp";
    private const string Remember = "remember";

    /// <summary>
    /// Signs in, or where the account has a second step only notes that the first is done: then the answer is false.
    /// </summary>
    public async Task<bool> EnterAsync(Account account, bool remember)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (!account.TwoFactorEnabled)
        {
            await SignInAsync(account, remember);
            return true;
        }

        // The stamp is bound in: a first step that was taken with an old password ends with it.
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, account.Id.ToString("D", CultureInfo.InvariantCulture)),
                new Claim(Stamp, account.SecurityStamp),
                new Claim(Remember, remember ? "yes" : "no"),
            ],
            HalfwayScheme
        );
        await Context.SignInAsync(HalfwayScheme, new ClaimsPrincipal(identity));
        return false;
    }

    public async Task<Halfway?> HalfwayAsync()
    {
        var principal = (await Context.AuthenticateAsync(HalfwayScheme)).Principal;
        var account = principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            ? await manager.FindByIdAsync(id)
            : null;
        return
            principal is not null
            && account is not null
            && MayEnter(account)
            && account.SecurityStamp == principal.FindFirstValue(Stamp)
            ? new Halfway(account, principal.FindFirstValue(Remember) == "yes")
            : null;
    }

    /// <summary>The second step is done too.</summary>
    public async Task CompleteAsync(Halfway halfway)
    {
        ArgumentNullException.ThrowIfNull(halfway);
        await Context.SignOutAsync(HalfwayScheme);
        await SignInAsync(halfway.Account, halfway.Remember);
    }

    /// <summary>
    /// The account whose passkey has signed this server's challenge, now signed in; null when none has. A passkey is
    /// both steps at once: its device has asked for a finger or a PIN.
    /// </summary>
    public async Task<Account?> EnterByPasskeyAsync(string credential)
    {
        var assertion = await AssertAsync(credential);
        if (
            assertion is not { Succeeded: true }
            || !MayEnter(assertion.User)
            || !(await manager.AddOrUpdatePasskeyAsync(assertion.User, assertion.Passkey)).Succeeded
        )
        {
            return null;
        }

        await CompleteAsync(new Halfway(assertion.User, Remember: false));
        return assertion.User;
    }

    /// <summary>
    /// Every way of signing in ends here. The moment goes with the cookie and stays when the cookie is renewed, which
    /// is no sign-in.
    /// </summary>
    public override Task SignInWithClaimsAsync(
        Account user,
        AuthenticationProperties? authenticationProperties,
        IEnumerable<Claim> additionalClaims
    )
    {
        var properties = authenticationProperties ?? new AuthenticationProperties();
        PortalSession.Stamp(properties, time.GetUtcNow());
        return base.SignInWithClaimsAsync(user, properties, additionalClaims);
    }

    private async Task<PasskeyAssertionResult<Account>?> AssertAsync(string credential)
    {
        try
        {
            return await PerformPasskeyAssertionAsync(credential);
        }
        catch (InvalidOperationException)
        {
            // No challenge was asked for, or it is too old.
            return null;
        }
    }

    // What the password check asks beside the password; who comes without one is asked the same.
    private bool MayEnter(Account account) =>
        account is { EmailConfirmed: true, DisabledAt: null }
        && !(account.LockoutEnabled && account.LockoutEnd > time.GetUtcNow());
}

using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.Letters;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>An account whose password was right and whose second factor is still missing.</summary>
public sealed record PendingSignIn(Account Account, bool Remember);

/// <summary>
/// Identity's sign-in for an account whose password the core has checked, so a portal sign-in has the limits and audit
/// entries of every other login.
/// </summary>
public sealed class AccountSignIn(
    AccountManager manager,
    IHttpContextAccessor accessor,
    IUserClaimsPrincipalFactory<Account> principals,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<Account>> logger,
    IAuthenticationSchemeProvider schemes,
    IUserConfirmation<Account> confirmation,
    DeviceCookie device,
    PortalSession session,
    SignInSessions signIns,
    SpentSignIns spent,
    RecentProof proof,
    SignInLetter letter,
    IAccountStore accounts,
    FactorTrust trust,
    RandomSource random,
    TimeProvider time
) : SignInManager<Account>(manager, accessor, principals, options, logger, schemes, confirmation)
{
    /// <summary>
    /// The cookie between password and second factor. Identity's own cookie has passkey challenges, and one must not
    /// end the other.
    /// </summary>
    public const string PendingScheme = "Turnstone.PendingSignIn";

    private const string Stamp = "stamp";
    private const string Remember = "remember";

    /// <summary>
    /// Signs in. If the account has a second factor, only records that the password was right and returns false.
    /// </summary>
    public async Task<bool> EnterAsync(Account account, bool remember)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (!account.TwoFactorEnabled)
        {
            await OpenAsync(account, SignedIn.ByPassword, remember);
            await TellAsync(account);
            return true;
        }

        // The security stamp is included, so a new password ends pending sign-ins.
        var identity = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, account.Id.ToString("D", CultureInfo.InvariantCulture)),
                new Claim(Stamp, account.SecurityStamp),
                new Claim(Remember, remember ? "yes" : "no"),
            ],
            PendingScheme
        );
        await Context.SignInAsync(PendingScheme, new ClaimsPrincipal(identity));
        return false;
    }

    /// <summary>The first sign-in: the account has just been confirmed with a link from its mailbox.</summary>
    public Task EnterConfirmedAsync(Account account) =>
        OpenAsync(account, SignedIn.ByPassword, remember: false, fromMailbox: true);

    public async Task<PendingSignIn?> PendingAsync()
    {
        var principal = (await Context.AuthenticateAsync(PendingScheme)).Principal;
        var account = principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            ? await manager.FindByIdAsync(id)
            : null;
        return
            principal is not null
            && account is not null
            && MayEnter(account)
            && account.SecurityStamp == principal.FindFirstValue(Stamp)
            ? new PendingSignIn(account, principal.FindFirstValue(Remember) == "yes")
            : null;
    }

    /// <summary>The second factor was right too.</summary>
    public Task CompleteAsync(PendingSignIn pending)
    {
        ArgumentNullException.ThrowIfNull(pending);
        return CompleteAsync(
            pending,
            trust.CodesCount(pending.Account) ? SignedIn.ByTwoFactors : SignedIn.ByWaitingCode
        );
    }

    /// <summary>
    /// The second factor was right for the session that there is. It keeps its id and its time, which is that of the
    /// password: what is said of a sign-in is no younger than the older of its factors.
    /// </summary>
    public async Task RaiseAsync(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        var ticket = await Context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (ticket.Properties is { } properties && trust.CodesCount(account))
        {
            // A session that is as sure already, or surer, keeps what it was signed in by.
            var raised =
                PortalSession.SignedIn(Context) is { Level: >= SignInLevel.TwoFactors }
                    ? properties
                    : PortalSession.Raised(properties, SignedIn.ByTwoFactors);
            PortalSession.ProveFactor(raised, time.GetUtcNow());
            await SignInAsync(account, raised);
        }
    }

    /// <summary>
    /// The account whose passkey has signed this server's challenge, now signed in; null if there is none. A passkey
    /// counts as both factors: the device has verified the user.
    /// </summary>
    public async Task<Account?> EnterByPasskeyAsync(string credential)
    {
        var assertion = await AssertAsync(credential);
        if (
            assertion is not { Succeeded: true }
            || !MayEnter(assertion.User)
            || await MethodsOfAsync(assertion) is not { } methods
            || !(await manager.AddOrUpdatePasskeyAsync(assertion.User, assertion.Passkey)).Succeeded
        )
        {
            return null;
        }

        await CompleteAsync(new PendingSignIn(assertion.User, Remember: false), methods);
        return assertion.User;
    }

    /// <summary>
    /// Every sign-in ends here. The time of the sign-in is kept when the cookie is renewed, which is not a sign-in.
    /// </summary>
    public override Task SignInWithClaimsAsync(
        Account user,
        AuthenticationProperties? authenticationProperties,
        IEnumerable<Claim> additionalClaims
    )
    {
        var properties = authenticationProperties ?? new AuthenticationProperties();
        PortalSession.Stamp(properties, random, time.GetUtcNow());
        device.Write(user);
        return base.SignInWithClaimsAsync(user, properties, additionalClaims);
    }

    /// <summary>Ends the session on the server too, not only this browser's cookie.</summary>
    public override async Task SignOutAsync()
    {
        await session.SignOutAsync(Context);
        proof.Clear();
        await base.SignOutAsync();
        if (PortalSession.AccountOf(Context) is { } account && PortalSession.SignedIn(Context) is { Id: { } id })
        {
            await signIns.NotifyAsync(id, account.Id);
        }
    }

    /// <summary>
    /// What a device has made for this server's challenge, to be kept; null when it is not good. A challenge is good
    /// for one answer.
    /// </summary>
    public async Task<PasskeyAttestationResult?> AttestAsync(string credential)
    {
        try
        {
            var attestation = await PerformPasskeyAttestationAsync(credential);
            return attestation.Succeeded && await spent.AnswerChallengeAsync(Context) ? attestation : null;
        }
        catch (InvalidOperationException)
        {
            // There is no challenge, or it is too old.
            return null;
        }
    }

    private async Task CompleteAsync(PendingSignIn pending, IReadOnlyList<string> methods)
    {
        ArgumentNullException.ThrowIfNull(pending);
        await Context.SignOutAsync(PendingScheme);
        await OpenAsync(pending.Account, methods, pending.Remember);
        await TellAsync(pending.Account);
    }

    // What the sign-in was done by. A passkey that nobody has vouched for opens nothing beside a factor that counts:
    // who knew the password may have left it.
    private async Task<string[]?> MethodsOfAsync(PasskeyAssertionResult<Account> assertion)
    {
        var passkey = await accounts.FindPasskeyAsync(assertion.Passkey!.CredentialId, Context.RequestAborted);
        return passkey is null ? null
            : trust.Counts(assertion.User!, passkey) ? SignedIn.ByPasskey
            : await trust.HasOneAsync(assertion.User!, Context.RequestAborted) ? null
            : SignedIn.ByWaitingPasskey;
    }

    // Not in SignInWithClaimsAsync: renewing a cookie proves nothing.
    private async Task OpenAsync(
        Account account,
        IReadOnlyList<string> methods,
        bool remember,
        bool fromMailbox = false
    )
    {
        var properties = PortalSession.PropertiesOf(methods, remember);
        if (methods.Contains("mfa"))
        {
            PortalSession.ProveFactor(properties, time.GetUtcNow());
        }

        if (fromMailbox)
        {
            PortalSession.ProveMailbox(properties, time.GetUtcNow());
        }

        proof.Write(account, PortalSession.Stamp(properties, random, time.GetUtcNow()));
        await SignInAsync(account, properties);
        if (account.Letters.Language is null)
        {
            var wishes = account.Letters with { Language = CultureInfo.CurrentUICulture.Name };
            await accounts.SetLettersAsync(account.Id, wishes, null, Context.RequestAborted);
        }
    }

    private Task TellAsync(Account account) =>
        device.Read()?.AccountId == account.Id ? Task.CompletedTask : letter.SendAsync(account);

    private async Task<PasskeyAssertionResult<Account>?> AssertAsync(string credential)
    {
        try
        {
            var assertion = await PerformPasskeyAssertionAsync(credential);
            return assertion.Succeeded && await spent.AnswerChallengeAsync(Context) ? assertion : null;
        }
        catch (InvalidOperationException)
        {
            // There is no challenge, or it is too old.
            return null;
        }
    }

    // What every login check needs, with or without a password.
    private static bool MayEnter(Account account) => account is { EmailConfirmed: true, DisabledAt: null };
}

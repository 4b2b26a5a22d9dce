using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Checks the portal's cookie at every request. A changed stamp (new password, "sign out everywhere") or a disabled
/// account and a sign-out end it at once on every node, and a removed right is gone with the next click. A cookie
/// expires, and it needs the time of its sign-in.
/// </summary>
public sealed class PortalSession(
    AccountManager manager,
    IUserClaimsPrincipalFactory<Account> principals,
    SpentSignIns spent,
    TimeProvider time
)
{
    private const string SignedInKey = "signed-in";
    private const string IdKey = "id";
    private const string MethodsKey = "methods";
    private const string FactorKey = "factor";
    private const string MailboxKey = "mailbox";

    /// <summary>
    /// The longest time from sign-in to expiry, however often the cookie is renewed: a stolen one does not last for
    /// ever.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly object Key = new();
    private static readonly object TimeKey = new();
    private static readonly object MethodsItem = new();
    private static readonly object SignOutKey = new();
    private static readonly object FactorItem = new();
    private static readonly object MailboxItem = new();

    /// <summary>The account of this request's cookie, if it is valid.</summary>
    public static Account? AccountOf(HttpContext context) => context.Items[Key] as Account;

    /// <summary>The time of the sign-in; null without a valid cookie.</summary>
    public static DateTimeOffset? SignedInAt(HttpContext context) => context.Items[TimeKey] as DateTimeOffset?;

    /// <summary>When and how the account of this request signed in; null without a valid cookie.</summary>
    public static SignedIn? SignedIn(HttpContext context) =>
        SignedInAt(context) is { } at
            ? new(at, context.Items[MethodsItem] as string[] ?? [])
            {
                Id = context.Items[SignOutKey] is string id ? SpentSignIns.IdOf(id) : null,
            }
            : null;

    /// <summary>When this request's session last proved a second factor or a passkey.</summary>
    public static DateTimeOffset? FactorAt(HttpContext context) => context.Items[FactorItem] as DateTimeOffset?;

    /// <summary>When this request's session came from a link in the account's mailbox.</summary>
    public static DateTimeOffset? MailboxAt(HttpContext context) => context.Items[MailboxItem] as DateTimeOffset?;

    /// <summary>The id of this request's session; null without a valid cookie.</summary>
    public static string? IdOf(HttpContext context) => context.Items[SignOutKey] as string;

    /// <summary>How somebody signs in, for <see cref="SignedIn"/>.</summary>
    public static AuthenticationProperties PropertiesOf(IEnumerable<string> methods, bool remember)
    {
        var properties = new AuthenticationProperties { IsPersistent = remember };
        properties.Items[MethodsKey] = string.Join(' ', methods);
        return properties;
    }

    /// <summary>The session has just proven a factor that counts.</summary>
    public static void ProveFactor(AuthenticationProperties session, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Items[FactorKey] = Written(now);
    }

    /// <summary>The session has just come from the mailbox.</summary>
    public static void ProveMailbox(AuthenticationProperties session, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Items[MailboxKey] = Written(now);
    }

    /// <summary>The same session, signed in by more than before.</summary>
    public static AuthenticationProperties Raised(AuthenticationProperties session, IEnumerable<string> methods)
    {
        ArgumentNullException.ThrowIfNull(session);
        var properties = PropertiesOf(methods, session.IsPersistent);
        foreach (var key in (string[])[IdKey, SignedInKey, MailboxKey])
        {
            if (session.GetString(key) is { } value)
            {
                properties.SetString(key, value);
            }
        }

        return properties;
    }

    /// <summary>
    /// Writes the id and the time of a sign-in into a new cookie; a renewed one keeps them. Returns the id.
    /// </summary>
    public static string Stamp(AuthenticationProperties properties, RandomSource random, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(properties);
        ArgumentNullException.ThrowIfNull(random);
        properties.Items.TryAdd(IdKey, Base64UrlText.Encode(random.Bytes(16)));
        properties.Items.TryAdd(SignedInKey, Written(now));
        return IdOf(properties)!;
    }

    public async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var account = context.Principal is null ? null : await manager.GetUserAsync(context.Principal);
        var stamp = context.Principal?.FindFirstValue(manager.Options.ClaimsIdentity.SecurityStampClaimType);
        if (
            account is not { DisabledAt: null }
            || stamp != account.SecurityStamp
            || MomentOf(context.Properties, SignedInKey) is not { } signedIn
            || time.GetUtcNow() - signedIn >= Longest
            || await IsSignedOutAsync(context)
        )
        {
            context.RejectPrincipal();
            return;
        }

        // The rights in the cookie may be old; those of the account are current.
        if (account.Administrator != context.Principal!.IsInRole(AccountClaims.Administrator))
        {
            context.ReplacePrincipal(await principals.CreateAsync(account));
            context.ShouldRenew = true;
        }

        context.HttpContext.Items[Key] = account;
        context.HttpContext.Items[TimeKey] = signedIn;
        context.HttpContext.Items[MethodsItem] = context.Properties.GetString(MethodsKey)?.Split(' ');
        context.HttpContext.Items[SignOutKey] = IdOf(context.Properties);
        context.HttpContext.Items[FactorItem] = MomentOf(context.Properties, FactorKey);
        context.HttpContext.Items[MailboxItem] = MomentOf(context.Properties, MailboxKey);
    }

    /// <summary>Ends the session of this request's cookie: no copy of it is valid any more.</summary>
    public Task SignOutAsync(HttpContext context) =>
        IdOf(context) is { } id && SignedInAt(context) is { } signedIn
            ? spent.SignOutAsync(id, signedIn + Longest, context.RequestAborted)
            : Task.CompletedTask;

    // A cookie from before there were ids expires only.
    private async Task<bool> IsSignedOutAsync(CookieValidatePrincipalContext context) =>
        IdOf(context.Properties) is { } id && await spent.IsSignedOutAsync(id, context.HttpContext.RequestAborted);

    private static string? IdOf(AuthenticationProperties properties) => properties.GetString(IdKey);

    private static string Written(DateTimeOffset at) => at.UtcTicks.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset? MomentOf(AuthenticationProperties properties, string key) =>
        properties.Items.TryGetValue(key, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;
}

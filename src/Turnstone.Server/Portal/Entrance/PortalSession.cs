using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// Whether a portal cookie still stands, looked up at every request: a changed stamp (new password, "sign out
/// everywhere") or a disabled account ends it at once on every node, and a right that was taken away is gone with the
/// next click. Nor does one stand for ever, or without the moment of its sign-in.
/// </summary>
public sealed class PortalSession(
    AccountManager manager,
    IUserClaimsPrincipalFactory<Account> principals,
    TimeProvider time
)
{
    private const string SignedInKey = "signed-in";

    /// <summary>
    /// However often a cookie is renewed, it ends so long after its sign-in: one that was stolen is not good for ever.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly object Key = new();
    private static readonly object TimeKey = new();

    /// <summary>The account of this request's cookie, if it has a good one.</summary>
    public static Account? AccountOf(HttpContext context) => context.Items[Key] as Account;

    /// <summary>When the one whose cookie it is has signed in; null without a good cookie.</summary>
    public static DateTimeOffset? SignedInAt(HttpContext context) => context.Items[TimeKey] as DateTimeOffset?;

    /// <summary>Writes the moment of a sign-in into a new cookie; one that has a moment keeps it.</summary>
    public static void Stamp(AuthenticationProperties properties, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(properties);
        properties.Items.TryAdd(SignedInKey, now.UtcTicks.ToString(CultureInfo.InvariantCulture));
    }

    public async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var account = context.Principal is null ? null : await manager.GetUserAsync(context.Principal);
        var stamp = context.Principal?.FindFirstValue(manager.Options.ClaimsIdentity.SecurityStampClaimType);
        if (
            account is not { DisabledAt: null }
            || stamp != account.SecurityStamp
            || MomentOf(context.Properties) is not { } signedIn
            || time.GetUtcNow() - signedIn >= Longest
        )
        {
            context.RejectPrincipal();
            return;
        }

        // What the cookie says of rights is as old as the cookie; what the account says is of now.
        if (account.Administrator != context.Principal!.IsInRole(AccountClaims.Administrator))
        {
            context.ReplacePrincipal(await principals.CreateAsync(account));
            context.ShouldRenew = true;
        }

        context.HttpContext.Items[Key] = account;
        context.HttpContext.Items[TimeKey] = signedIn;
    }

    private static DateTimeOffset? MomentOf(AuthenticationProperties properties) =>
        properties.Items.TryGetValue(SignedInKey, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;
}

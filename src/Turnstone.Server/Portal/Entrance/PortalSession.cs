using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Turnstone.Directory;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// Whether a portal cookie still stands, looked up at every request: a changed stamp (new password, "sign out everywhere") or a disabled account ends it
/// at once on every node, and a right that was taken away is gone with the next click.
/// </summary>
public sealed class PortalSession(AccountManager manager, IUserClaimsPrincipalFactory<Account> principals)
{
    private static readonly object Key = new();

    /// <summary>The account of this request's cookie, if it has a good one.</summary>
    public static Account? AccountOf(HttpContext context) => context.Items[Key] as Account;

    public async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var account = context.Principal is null ? null : await manager.GetUserAsync(context.Principal);
        var stamp = context.Principal?.FindFirstValue(manager.Options.ClaimsIdentity.SecurityStampClaimType);
        if (account is not { DisabledAt: null } || stamp != account.SecurityStamp)
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
    }
}

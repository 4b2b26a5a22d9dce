using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Turnstone.Directory;

namespace Turnstone.Server.Accounts;

/// <summary>The principal of a signed-in account: administrators have the one role there is.</summary>
public sealed class AccountClaims(UserManager<Account> manager, IOptions<IdentityOptions> options)
    : UserClaimsPrincipalFactory<Account>(manager, options)
{
    public const string Administrator = "Administrator";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(Account user)
    {
        ArgumentNullException.ThrowIfNull(user);
        var identity = await base.GenerateClaimsAsync(user);
        if (user.Administrator)
        {
            identity.AddClaim(new Claim(identity.RoleClaimType, Administrator));
        }

        return identity;
    }
}

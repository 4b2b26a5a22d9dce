using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>Signs out of this browser. A form posts here; whoever only follows a link is asked first.</summary>
[AllowAnonymous]
public sealed class SignOutPage(AccountSignIn signIn) : PageModel
{
    public IActionResult OnGet() => User.Identity?.IsAuthenticated is true ? Page() : Redirect(EntrancePaths.SignIn);

    public async Task<IActionResult> OnPostAsync()
    {
        await signIn.SignOutAsync();
        return Redirect(EntrancePaths.SignIn);
    }
}

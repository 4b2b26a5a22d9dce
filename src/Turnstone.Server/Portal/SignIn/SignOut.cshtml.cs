using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>Signs out of this browser. A POST signs out; a link asks first.</summary>
[AllowAnonymous]
public sealed class SignOutPage(AccountSignIn signIn) : PageModel
{
    public IActionResult OnGet() => User.Identity?.IsAuthenticated is true ? Page() : Redirect(SignInPaths.SignIn);

    public async Task<IActionResult> OnPostAsync()
    {
        await signIn.SignOutAsync();
        return Redirect(SignInPaths.SignIn);
    }
}

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Audit;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>Email and password. Known and unknown emails are answered alike.</summary>
[AllowAnonymous]
public sealed class SignInPage(
    PasswordProof passwords, AccountSignIn signIn, IAuditLog audit, CurrentCaller caller, TimeProvider time, IStringLocalizer<EntranceWords> words) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public bool Remember { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>Asks even someone who is signed in: another program wants to be sure of who is there now, or he wants to be somebody else.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Again { get; set; }

    public IActionResult OnGet([FromQuery(Name = "login_hint")] string? hint)
    {
        if (User.Identity?.IsAuthenticated is true && !Again)
        {
            return LocalRedirect(Target);
        }

        Email = EmailAddress.TryNormalize(hint, out _) ? hint : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var proof = await passwords.SignInAsync(Email ?? "", Password ?? "", cancellationToken);
        if (!proof.Granted(out var account, out var refusal))
        {
            return Refused(refusal);
        }

        var result = await signIn.EnterAsync(account, Remember);
        if (result.RequiresTwoFactor)
        {
            return RedirectToPage("/Entrance/SecondStep", new { ReturnUrl, Remember });
        }

        await NoteAsync(account, cancellationToken);
        return LocalRedirect(Target);
    }

    private string Target => Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : PortalRoutes.Root;

    private PageResult Refused(Refusal refusal)
    {
        var sentence = refusal.Code switch
        {
            RefusalCode.InvalidCredentials => words["WrongCredentials"].Value,
            RefusalCode.TooManyAttempts => words["TooMany", refusal.RetryAfterSeconds ?? 60],
            _ => words["Busy"],
        };
        ModelState.AddModelError(nameof(Password), sentence);
        Response.StatusCode = refusal.Code is RefusalCode.TooManyAttempts ? StatusCodes.Status429TooManyRequests
            : refusal.Code is RefusalCode.InvalidCredentials ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (refusal.RetryAfterSeconds is { } wait)
        {
            Response.Headers.RetryAfter = $"{wait}";
        }

        return Page();
    }

    private Task NoteAsync(Account account, CancellationToken cancellationToken) => audit.AppendAsync(
        new AuditEntry { Event = AuditEvent.Login, At = time.GetUtcNow(), Caller = caller.Current, AccountId = account.Id, Contract = PasswordProof.Contract, Detail = "Password" },
        cancellationToken);
}

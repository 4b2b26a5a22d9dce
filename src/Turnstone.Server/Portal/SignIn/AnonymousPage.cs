using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>A page that needs no sign-in.</summary>
public abstract class AnonymousPage(IStringLocalizer<SignInWords> words) : PageModel
{
    /// <summary>The page to return to; only a path of this server is accepted.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    protected IStringLocalizer<SignInWords> Words => words;

    protected CancellationToken Cancel => HttpContext.RequestAborted;

    protected string Target => LocalTarget.Of(Url, ReturnUrl);

    protected void Refuse(string field, string sentence) => ModelState.AddModelError(field, sentence);

    /// <summary>The notice at the top of the next page.</summary>
    protected void SetNotice(string sentence) => TempData["notice"] = sentence;

    /// <summary>This page again, with the error beside the field.</summary>
    protected PageResult Refused(string field, Refusal refusal, string? wrong = null)
    {
        Refuse(field, words.SentenceFor(refusal, wrong));
        Response.StatusCode = refusal.Code switch
        {
            RefusalCode.InvalidCredentials => StatusCodes.Status200OK,
            RefusalCode.TooManyAttempts => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        if (refusal.RetryAfterSeconds is { } wait)
        {
            Response.Headers.RetryAfter = $"{wait}";
        }

        return Page();
    }

    /// <summary>Checks a new password and shows beside its field what is wrong.</summary>
    protected async Task<bool> AcceptsAsync(AccountManager manager, Account account, string field, string? password)
    {
        ArgumentNullException.ThrowIfNull(manager);
        if (await manager.FaultsOfAsync(account, password) is [var fault, ..])
        {
            Refuse(field, words.SentenceForPassword(fault));
            return false;
        }

        return true;
    }
}

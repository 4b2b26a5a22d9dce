using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>A page for someone who is not signed in yet.</summary>
public abstract class EntrancePage(IStringLocalizer<EntranceWords> words) : PageModel
{
    /// <summary>Where the reader wanted to go; only a path of this server is followed.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    protected IStringLocalizer<EntranceWords> Words => words;

    protected CancellationToken Cancel => HttpContext.RequestAborted;

    protected string Target => LocalTarget.Of(Url, ReturnUrl);

    protected void Refuse(string field, string sentence) => ModelState.AddModelError(field, sentence);

    /// <summary>The sentence that the next page shows at its top.</summary>
    protected void Tell(string sentence) => TempData["notice"] = sentence;

    /// <summary>This page again, with why beside the field.</summary>
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

    /// <summary>Looks at a new password and says beside its field what is wrong with it.</summary>
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

using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Shell;

/// <summary>A page for a signed-in account, with its notices and errors.</summary>
public abstract class PortalPage : PageModel
{
    private const string NoticeKey = "notice";

    /// <summary>The signed-in account, as read for this request.</summary>
    public Account Me =>
        PortalSession.AccountOf(HttpContext)
        ?? throw new InvalidOperationException("This page needs no sign-in, so there is no account.");

    public Caller Caller => HttpContext.RequestServices.GetRequiredService<CurrentCaller>().Current;

    public CancellationToken Cancel => HttpContext.RequestAborted;

    /// <summary>The notice at the top of the next page.</summary>
    public void SetNotice(string sentence) => TempData[NoticeKey] = sentence;

    /// <summary>The notice of the previous page, once.</summary>
    public string? TakeNotice() => TempData[NoticeKey] as string;

    /// <summary>
    /// Whether the account may create one thing more now; otherwise the error is beside the field and the status is
    /// set.
    /// </summary>
    protected bool MayCreate(string field)
    {
        if (
            HttpContext.RequestServices.GetRequiredService<RequestLimits>().TakeCreation(Me.Id)
            is not { RetryAfterSeconds: { } wait }
        )
        {
            return true;
        }

        Refuse(
            field,
            HttpContext.RequestServices.GetRequiredService<IStringLocalizer<ShellWords>>()["CreatedTooMany", wait]
        );
        Response.StatusCode = StatusCodes.Status429TooManyRequests;
        Response.Headers.RetryAfter = $"{wait}";
        return false;
    }

    /// <summary>Shows an error beside a field; the typed value stays.</summary>
    protected void Refuse(string field, string sentence) => ModelState.AddModelError(field, sentence);
}

using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Limits;
using Turnstone.Model;
using Turnstone.Server.Accounts;
using Turnstone.Server.Portal.Entrance;

namespace Turnstone.Server.Portal.Shell;

/// <summary>A page of someone who is signed in: who that is, and how a page tells what it has done.</summary>
public abstract class PortalPage : PageModel
{
    private const string NoticeKey = "notice";

    /// <summary>The account that is signed in, as it was read for this request.</summary>
    public Account Me =>
        PortalSession.AccountOf(HttpContext)
        ?? throw new InvalidOperationException("This page is open to nobody, so nobody is signed in.");

    public Caller Caller => HttpContext.RequestServices.GetRequiredService<CurrentCaller>().Current;

    public CancellationToken Cancel => HttpContext.RequestAborted;

    /// <summary>The sentence that the next page shows at its top.</summary>
    public void Tell(string sentence) => TempData[NoticeKey] = sentence;

    /// <summary>The sentence that the page before has left, once.</summary>
    public string? Told() => TempData[NoticeKey] as string;

    /// <summary>
    /// Whether the account may make one thing more now; else the sentence stands beside the field, and the status fits.
    /// </summary>
    protected bool MayMake(string field)
    {
        if (
            HttpContext.RequestServices.GetRequiredService<RequestLimits>().TakeMaking(Me.Id)
            is not { RetryAfterSeconds: { } wait }
        )
        {
            return true;
        }

        Refuse(
            field,
            HttpContext.RequestServices.GetRequiredService<IStringLocalizer<ShellWords>>()["MadeTooMany", wait]
        );
        Response.StatusCode = StatusCodes.Status429TooManyRequests;
        Response.Headers.RetryAfter = $"{wait}";
        return false;
    }

    /// <summary>A sentence beside a field; what was typed stays.</summary>
    protected void Refuse(string field, string sentence) => ModelState.AddModelError(field, sentence);
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Entrance;

/// <summary>
/// A page that makes or shows a secret: whoever is to see one proves the password anew, because a browser that was left
/// open is not its owner, and the form that asks is taken once.
/// </summary>
public abstract class SecretPage : PortalPage
{
    [BindProperty]
    public string? Password { get; set; }

    private IServiceProvider Services => HttpContext.RequestServices;

    private IStringLocalizer<EntranceWords> Words => Services.GetRequiredService<IStringLocalizer<EntranceWords>>();

    /// <summary>
    /// Null to go on; else what to answer: this page again from its start, where the form was sent before.
    /// </summary>
    protected IActionResult? SentBefore()
    {
        if (Request.HasFormContentType && SentOnce.Take(TempData, Request.Form[SentOnce.Field]))
        {
            return null;
        }

        Tell(Words["SentBefore"]);
        return Redirect(Request.Path);
    }

    /// <summary>
    /// Whether the password is the owner's; else the sentence stands beside its field and the status fits.
    /// </summary>
    protected async Task<bool> PasswordHoldsAsync(string wrong = "WrongPassword")
    {
        var refusal = await Services.GetRequiredService<PasswordProof>().OfAsync(Me, Password, Cancel);
        if (refusal is not null)
        {
            RefusePassword(refusal, wrong);
        }

        return refusal is null;
    }

    protected void RefusePassword(Refusal refusal, string wrong = "WrongPassword")
    {
        ArgumentNullException.ThrowIfNull(refusal);
        Refuse(nameof(Password), Words.SentenceFor(refusal, wrong));
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
    }
}

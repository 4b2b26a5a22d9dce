using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// A page that creates or shows a secret. It asks for the password, because the browser may be unattended, unless the
/// session has proved itself recently. Its form is accepted once.
/// </summary>
public abstract class SecretPage : PortalPage
{
    [BindProperty]
    public string? Password { get; set; }

    private IServiceProvider Services => HttpContext.RequestServices;

    private IStringLocalizer<SignInWords> Words => Services.GetRequiredService<IStringLocalizer<SignInWords>>();

    /// <summary>Null if the form is new; otherwise the answer: this page from its start.</summary>
    protected IActionResult? SentBefore()
    {
        if (Request.HasFormContentType && SentOnce.Take(TempData, Request.Form[SentOnce.Field]))
        {
            return null;
        }

        SetNotice(Words["SentBefore"]);
        return Redirect(Request.Path);
    }

    /// <summary>
    /// Whether the password is right, or need not be asked for; otherwise the error is beside its field and the status
    /// is set.
    /// </summary>
    protected async Task<bool> PasswordHoldsAsync()
    {
        var refusal = await Services.GetRequiredService<PasswordProof>().OfRecentAsync(Me, Password, Cancel);
        if (refusal is not null)
        {
            RefusePassword(refusal);
        }

        return refusal is null;
    }

    protected void RefusePassword(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        var wrong = string.IsNullOrEmpty(Password) ? "PasswordMissing" : "WrongPassword";
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

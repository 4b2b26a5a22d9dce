using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Model;
using Turnstone.Server.Portal.Entrance;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration;

/// <summary>
/// A page of an administrator: what he does he does for a reason, and both are recorded with his name.
/// </summary>
public abstract class AdministrationPage : PortalPage
{
    private string? tried;
    private string? reasonError;
    private string? passwordError;

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>Which line of a list is meant.</summary>
    [BindProperty]
    public string? Target { get; set; }

    protected IStringLocalizer<AdministrationWords> Words =>
        HttpContext.RequestServices.GetRequiredService<IStringLocalizer<AdministrationWords>>();

    /// <summary>
    /// The form of an act, with what was typed and what was wrong with it when it has just been sent.
    /// </summary>
    public ActForm Form(Act act)
    {
        ArgumentNullException.ThrowIfNull(act);
        return tried == act.Id ? new(act, Reason, reasonError, passwordError) : new(act, null, null, null);
    }

    /// <summary>
    /// The caller with his reason; null, with a sentence beside the field, where he gives none or the password is not
    /// his.
    /// </summary>
    protected async Task<Caller?> JustifyAsync(string handler, bool password = false)
    {
        tried = Act.IdOf(handler, Target);
        var reason = Reason?.Trim() ?? "";
        reasonError =
            reason.Length == 0 ? Words["ReasonMissing"].Value
            : reason.Length > Turnstone.Model.Caller.LongestReason || reason.Any(char.IsControl)
                ? Words["ReasonWrong", Turnstone.Model.Caller.LongestReason].Value
            : null;
        if (reasonError is null && password)
        {
            passwordError = await ProveAsync();
        }

        return reasonError is null && passwordError is null ? Caller.ActingAs(Me.Id, reason) : null;
    }

    /// <summary>Says beside the reason why the act was not done.</summary>
    protected void RefuseAct(string sentence) => reasonError = sentence;

    private async Task<string?> ProveAsync()
    {
        var proof = HttpContext.RequestServices.GetRequiredService<PasswordProof>();
        return await proof.OfAsync(Me, Password, Cancel) is not { } refusal ? null
            : refusal.Code is RefusalCode.InvalidCredentials ? Words["PasswordWrong"].Value
            : Words["PasswordLater", refusal.RetryAfterSeconds ?? 60].Value;
    }
}

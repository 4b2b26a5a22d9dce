using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Administration;
using Turnstone.Model;
using Turnstone.Revocation;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Administration;

/// <summary>
/// A page for administrators. Every act has a reason, and both are recorded with the administrator's name.
/// </summary>
public abstract class AdministrationPage : PortalPage
{
    private string? tried;
    private string? reasonError;
    private string? passwordError;
    private string? messageError;

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>For the customer, unlike the reason.</summary>
    [BindProperty]
    public string? Message { get; set; }

    /// <summary>The line of a list that it applies to.</summary>
    [BindProperty]
    public string? Target { get; set; }

    protected IStringLocalizer<AdministrationWords> Words =>
        HttpContext.RequestServices.GetRequiredService<IStringLocalizer<AdministrationWords>>();

    /// <summary>The form of an act, with input and errors if it has just been sent.</summary>
    public ActForm Form(Act act)
    {
        ArgumentNullException.ThrowIfNull(act);
        return tried == act.Id
            ? new(act, Reason, reasonError, passwordError) { Message = Message, MessageError = messageError }
            : new(act, null, null, null);
    }

    /// <summary>
    /// The caller with the reason; null, with an error beside the field, if the reason is missing or the password is
    /// wrong.
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
        Message = string.IsNullOrWhiteSpace(Message) ? null : Message.Trim();
        messageError =
            Message?.Length > SubscriptionApproval.LongestMessage || Message?.Any(char.IsControl) is true
                ? Words["MessageWrong", SubscriptionApproval.LongestMessage].Value
                : null;
        if (reasonError is null && messageError is null && password)
        {
            passwordError = await ProveAsync();
        }

        return (reasonError ?? messageError ?? passwordError) is null ? Caller.ActingAs(Me.Id, reason) : null;
    }

    /// <summary>Ends one of the holder's sessions, on whatever page it is; false if it has none of it.</summary>
    protected async Task<bool> EndAsync(SessionId session, SessionHolder holder, Caller caller) =>
        await HttpContext.RequestServices.GetRequiredService<OwnSessions>().FindAsync([holder], session, Cancel)
            is not null
        && await HttpContext
            .RequestServices.GetRequiredService<SessionRevocation>()
            .EndAsync(session, RevocationReason.ByOperator, caller, Cancel);

    /// <summary>Shows beside the reason why the act was not done.</summary>
    protected void RefuseAct(string sentence) => reasonError = sentence;

    private async Task<string?> ProveAsync()
    {
        var proof = HttpContext.RequestServices.GetRequiredService<PasswordProof>();
        return await proof.OfAsync(Me, Password, Cancel) is not { } refusal ? null
            : refusal.Code is RefusalCode.InvalidCredentials ? Words["PasswordWrong"].Value
            : Words["PasswordLater", refusal.RetryAfterSeconds ?? 60].Value;
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Authorization;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Portal.Authorize;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Tokens;

namespace Turnstone.Server.Portal.Device;

/// <summary>
/// Lets a device in (RFC 8628 §3.3): the code, then who asks and from where, then yes or no. A code that came in the
/// address is only filled in: looking at it takes a form that was sent from here, so that nobody guesses by links.
/// </summary>
public sealed class DevicePage(
    UserCodeCheck check,
    DeviceAuthorizations devices,
    IAccountStore accounts,
    SignInLevelCheck levels,
    Apis apis,
    ScopeMeanings meanings,
    IssuerAndAudience issuer,
    IStringLocalizer<DeviceWords> words
) : PortalPage
{
    [BindProperty]
    public string? Code { get; set; }

    /// <summary>Whether the code came in the address, from a link or a picture, and was not typed.</summary>
    public bool Prefilled { get; private set; }

    /// <summary>This page at its public address, with the code if it is known, for a phone.</summary>
    public string Address => issuer.Issuer.TrimEnd('/') + DevicePaths.Page + (Prefilled ? $"?user_code={Code}" : "");

    public DeviceQuestion? Question { get; private set; }

    public DeviceEnding? Ending { get; private set; }

    /// <param name="userCode">RFC 8628 §3.3.1.</param>
    public void OnGet([FromQuery(Name = "user_code")] string? userCode)
    {
        if (UserCodeText.TryRead(userCode, out var code))
        {
            (Code, Prefilled) = (UserCodeText.Shown(code), true);
        }
    }

    public async Task<IActionResult> OnPostAsync(string? decision)
    {
        if (!UserCodeText.TryRead(Code, out var code))
        {
            Refuse(nameof(Code), words["NotACode"]);
            return Page();
        }

        if (!(await check.FindAsync(code, Me, Caller, Cancel)).Granted(out var waiting, out var refusal))
        {
            return Refused(refusal);
        }

        switch (decision)
        {
            case "allow" when ConsentChoice.Read(Request.Form, waiting.Authorization.Scopes) is { } choice:
                if (await RaiseAsync(waiting, code) is { } raise)
                {
                    return raise;
                }

                Ending = await AllowAsync(waiting, choice);
                break;
            case "deny":
                Ending = await devices.DenyAsync(waiting.Authorization, Me, Caller, Cancel)
                    ? DeviceEnding.Denied
                    : DeviceEnding.Gone;
                break;
            default:
                Question = await QuestionAsync(waiting, code);
                break;
        }

        return Page();
    }

    private async Task<DeviceEnding> AllowAsync(WaitingDevice waiting, ConsentChoice choice)
    {
        var (device, client) = waiting;
        if (choice.IsEmpty(device.Scopes))
        {
            return await devices.DenyAsync(device, Me, Caller, Cancel) ? DeviceEnding.Denied : DeviceEnding.Gone;
        }

        var chosen = device with { Scopes = choice.Scopes };
        var tells = apis.LevelOf(device.Resources) is not null;
        var signedIn = PortalSession.SignedIn(HttpContext);
        return await devices.AllowAsync(chosen, client, Me, signedIn, tells, Caller, Cancel, choice.Life, meanings.Of)
            ? DeviceEnding.Allowed
            : DeviceEnding.Gone;
    }

    /// <summary>To the second factor if an API demands it and it is possible; null if none is needed.</summary>
    private async Task<IActionResult?> RaiseAsync(WaitingDevice waiting, string code)
    {
        var level = apis.LevelOf(waiting.Authorization.Resources) ?? SignInLevel.Password;
        if (SignInLevelCheck.Reaches(HttpContext, level))
        {
            return null;
        }

        if (await levels.CanReachAsync(Me, level, Cancel))
        {
            return Redirect(StepUpPage.PathTo($"{DevicePaths.Page}?user_code={UserCodeText.Shown(code)}", level));
        }

        Refuse(nameof(Code), words["NotSureEnough"]);
        return Page();
    }

    private async Task<DeviceQuestion> QuestionAsync(WaitingDevice waiting, string code)
    {
        var device = waiting.Authorization;
        var asked = await AskedFor.OfAsync(waiting.Client, device.Scopes, device.Resources, apis, accounts, Cancel);
        return new DeviceQuestion(asked, UserCodeText.Shown(code), device.AskedBy, device.CreatedAt);
    }

    private PageResult Refused(Refusal refusal)
    {
        if (refusal.RetryAfterSeconds is { } wait)
        {
            Refuse(nameof(Code), words["TooMany", wait]);
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            Response.Headers.RetryAfter = $"{wait}";
        }
        else
        {
            Refuse(nameof(Code), words["Wrong"]);
        }

        return Page();
    }
}

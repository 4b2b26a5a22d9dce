using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>A passkey in the list.</summary>
public sealed record OwnPasskey(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? WaitsSince);

/// <summary>
/// Passkeys: added and removed with the password, renamed without. The challenge is issued only after the password was
/// right, and the device's answer is valid for that challenge only, so the second POST needs no password.
/// </summary>
public sealed class PasskeysPage(SecurityTools tools, IAccountStore accounts, TurnstoneSettings settings)
    : SecurityPage(tools)
{
    public const int Most = 20;

    private const int LongestName = 100;
    private const int LongestCredential = 16 * 1024;

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? NewName { get; set; }

    public IReadOnlyList<OwnPasskey> Passkeys { get; private set; } = [];

    public bool Possible => PasskeyOrigin.IsPossible(settings);

    public bool Full => Passkeys.Count >= Most;

    /// <summary>The form that was answered wrongly and stays open.</summary>
    public string? Asked { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>Where to prove a factor before one is added; null if that is done.</summary>
    public string? FactorFirst { get; private set; }

    public async Task OnGetAsync()
    {
        FactorFirst = await FactorFirstAsync(SecurityPaths.Passkeys);
        var waiting = (await accounts.PasskeysAsync(Me.Id, Cancel)).ToDictionary(
            passkey => Base64UrlText.Encode(passkey.CredentialId),
            passkey => passkey.WaitsSince
        );
        Passkeys =
        [
            .. (await Tools.Manager.GetPasskeysAsync(Me)).Select(passkey =>
            {
                var id = Base64UrlText.Encode(passkey.CredentialId);
                return new OwnPasskey(
                    id,
                    passkey.Name ?? "Passkey",
                    passkey.CreatedAt,
                    waiting.GetValueOrDefault(id)
                );
            }),
        ];
    }

    public Task<IActionResult> OnPostLinkAsync(string? id) => SendLinkAsync(id);

    public async Task<IActionResult> OnPostOptionsAsync()
    {
        await OnGetAsync();
        if (!Possible || Full)
        {
            return NotFound();
        }

        if (FactorFirst is not null)
        {
            return ErrorAnswer(Tools.Words["FactorFirst"]);
        }

        if (NameOf(Name) is null)
        {
            return ErrorAnswer(Tools.Words["NameMalformed"]);
        }

        if (await ProvenAsync() is not { } account)
        {
            return ErrorAnswer(ModelState[nameof(CurrentPassword)]!.Errors[0].ErrorMessage);
        }

        var options = await Tools.SignIn.MakePasskeyCreationOptionsAsync(
            new PasskeyUserEntity
            {
                Id = account.Id.ToString(),
                Name = account.Email,
                DisplayName = account.Email,
            }
        );
        return Content(options, "application/json");
    }

    public async Task<IActionResult> OnPostAddAsync(string? credential)
    {
        await OnGetAsync();
        if (
            Full
            || FactorFirst is not null
            || NameOf(Name) is not { } name
            || await AttestedAsync(credential) is not { } passkey
            || await Tools.Manager.FindByPasskeyIdAsync(passkey.CredentialId) is not null
        )
        {
            Problem = Tools.Words["PasskeyNotAdded"];
            return Page();
        }

        passkey.Name = name;
        if (!(await Tools.Manager.AddOrUpdatePasskeyAsync(Me, passkey)).Succeeded)
        {
            Problem = Tools.Words["PasskeyNotAdded"];
            return Page();
        }

        await TellAsync(passkey, name);
        return RedirectToPage();
    }

    // Stored as one that waits; a session that is sure enough confirms it at once.
    private async Task TellAsync(UserPasskeyInfo passkey, string name)
    {
        var id = Base64UrlText.Encode(passkey.CredentialId);
        if (
            Tools.Trust.WaitsSince(HttpContext, SignInLevel.PhishingResistant) is null
            && await Tools.Waiting.FindAsync(Me, id, Cancel) is { } waiting
        )
        {
            await Tools.Waiting.ConfirmAsync(waiting, Cancel);
        }
        else if (AsksMailbox)
        {
            await Tools.Emails.FactorAsync(Me, id);
            SetNotice(Tools.Words["PasskeyWaits", name, Me.Email]);
            return;
        }

        await Tools.Emails.ChangedAsync(Me.Email, "PasskeyWasAdded", name);
        SetNotice(Tools.Words["PasskeyAdded", name]);
    }

    public async Task<IActionResult> OnPostRenameAsync(string? id)
    {
        if (await OwnAsync(id) is not { } passkey)
        {
            return NotFound();
        }

        if (NameOf(NewName) is not { } name)
        {
            Asked = $"rename {id}";
            Refuse(nameof(NewName), Tools.Words["NameMalformed"]);
            await OnGetAsync();
            return Page();
        }

        passkey.Name = name;
        await Tools.Manager.AddOrUpdatePasskeyAsync(Me, passkey);
        SetNotice(Tools.Words["Renamed", name]);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostRemoveAsync(string? id)
    {
        if (await OwnAsync(id) is not { } passkey)
        {
            return NotFound();
        }

        if (await ProvenAsync() is not { } account)
        {
            Asked = $"remove {id}";
            await OnGetAsync();
            return Page();
        }

        await Tools.Manager.RemovePasskeyAsync(account, passkey.CredentialId);
        await Tools.Emails.ChangedAsync(account.Email, "PasskeyWasRemoved", passkey.Name ?? "Passkey");
        SetNotice(Tools.Words["Removed", passkey.Name ?? "Passkey"]);
        return RedirectToPage();
    }

    private async Task<UserPasskeyInfo?> AttestedAsync(string? credential)
    {
        if (credential is not { Length: > 0 and <= LongestCredential })
        {
            return null;
        }

        var attestation = await Tools.SignIn.AttestAsync(credential);
        return attestation is { UserEntity: { } user } && user.Id == Me.Id.ToString() ? attestation.Passkey : null;
    }

    private async Task<UserPasskeyInfo?> OwnAsync(string? id) =>
        id is { Length: <= 2048 } && Base64UrlText.TryDecode(id, out var credential)
            ? await Tools.Manager.GetPasskeyAsync(Me, credential)
            : null;

    private static string? NameOf(string? typed) =>
        typed?.Trim() is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl) ? name : null;

    private static JsonResult ErrorAnswer(string sentence) => new(new { error = sentence });
}

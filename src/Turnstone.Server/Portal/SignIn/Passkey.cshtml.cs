using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Grants;
using Turnstone.Server.Accounts;

namespace Turnstone.Server.Portal.SignIn;

/// <summary>
/// Sign-in with a passkey: a challenge for the browser's script, and the device's answer. No email is asked for, so
/// nothing tells who exists.
/// </summary>
[AllowAnonymous]
public sealed class PasskeyPage(
    AccountSignIn signIn,
    PortalAudit audit,
    AttemptRecord record,
    CurrentCaller caller,
    IStringLocalizer<SignInWords> words
) : AnonymousPage(words)
{
    private const int LongestCredential = 16 * 1024;

    public IActionResult OnGet() => Redirect(SignInPaths.SignIn);

    public async Task<IActionResult> OnPostOptionsAsync() =>
        Content(await signIn.MakePasskeyRequestOptionsAsync(null), "application/json");

    public async Task<IActionResult> OnPostAsync(string? credential)
    {
        var facts = new AttemptFacts("Passkey", PasswordProof.Contract, caller.Current);
        if (record.CheckNetwork(facts) is { } tooMany)
        {
            return Refused("", tooMany);
        }

        var account = credential is { Length: > 0 and <= LongestCredential }
            ? await signIn.EnterByPasskeyAsync(credential)
            : null;
        if (account is null)
        {
            await record.RefusedAsync(facts, PasswordCheck.Wrong, Cancel);
            return Page();
        }

        await audit.SignedInAsync(account, "passkey", Cancel);
        return LocalRedirect(Target);
    }
}

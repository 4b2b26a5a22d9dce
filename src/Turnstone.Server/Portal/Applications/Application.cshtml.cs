using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Directory;
using Turnstone.Directory.ClientProofs;
using Turnstone.Foreign;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Turnstone.Tokens.Keys;

namespace Turnstone.Server.Portal.Applications;

/// <summary>One application: its secrets, settings and deletion.</summary>
public sealed class ApplicationPage(
    OwnApplications applications,
    PasswordProof passwords,
    TokenPipeline pipeline,
    GrantTypes grants,
    ForeignKeys published,
    TurnstoneSettings settings,
    RandomSource random,
    IStringLocalizer<ApplicationsWords> words
) : ApplicationFormPage(applications, settings.Contracts, words)
{
    /// <summary>From the path, not from the form.</summary>
    [FromRoute]
    public string? ClientId { get; set; }

    /// <summary>The revision of what the form showed.</summary>
    [BindProperty]
    public string? Revision { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>The JWK set of a program that signs.</summary>
    [BindProperty]
    public string? Jwks { get; set; }

    /// <summary>Where it publishes its keys, in place of the set.</summary>
    [BindProperty]
    public string? JwksUri { get; set; }

    /// <summary>The password beside it.</summary>
    [BindProperty]
    public string? KeysPassword { get; set; }

    /// <summary>The secret to try the application with; it is sent in no other form.</summary>
    [BindProperty]
    public string? Secret { get; set; }

    /// <summary>The secret was on the page that this form is from, so it stays on it.</summary>
    [BindProperty]
    public bool Fresh { get; set; }

    /// <summary>The token that the trial got.</summary>
    public Issued? Issued { get; private set; }

    public FirstToken? First => FirstToken.Of(Client, settings, random);

    /// <summary>The new secret, shown once.</summary>
    public string? NewSecret { get; private set; }

    public Client Client => Known!;

    public string Path(string? handler = null) =>
        $"/portal/applications/{Uri.EscapeDataString(Client.Id)}{(handler is null ? "" : $"?handler={handler}")}";

    public async Task<IActionResult> OnGetAsync() => await FindAsync() ? Shown() : NotFound();

    public async Task<IActionResult> OnPostSaveAsync()
    {
        if (!await FindAsync() || Client.DisabledAt is not null)
        {
            return NotFound();
        }

        var revision = long.TryParse(Revision, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : -1;
        if (Draft() is not { } draft)
        {
            return Page();
        }

        if (await Applications.ChangeAsync(Me.Id, ClientId, revision, draft, Caller, Cancel) is not { } result)
        {
            return NotFound();
        }

        Refuse(result.Problems);
        return result.Made is null ? Page() : Done("Saved");
    }

    public async Task<IActionResult> OnPostAddSecretAsync()
    {
        if (
            !await FindAsync()
            || Client is { HasSecrets: false } or { DisabledAt: not null } or { Secrets.Count: >= Clients.MostSecrets }
        )
        {
            return NotFound();
        }

        if (IsRefused(nameof(Password), await passwords.OfRecentAsync(Me, Password, Cancel)))
        {
            return Shown();
        }

        if (!MayCreate(nameof(Password)))
        {
            return Shown();
        }

        if (await Applications.AddSecretAsync(Me.Id, ClientId, Caller, Cancel) is not { } made)
        {
            return NotFound();
        }

        (Known, NewSecret) = (made.Client, made.Secret);
        return Shown();
    }

    public async Task<IActionResult> OnPostRemoveSecretAsync(string? secret) =>
        await Applications.RemoveSecretAsync(Me.Id, ClientId, secret, Caller, Cancel) is { } left
            ? Done("SecretRemoved", left)
            : NotFound();

    public async Task<IActionResult> OnPostTryAsync()
    {
        if (!await FindAsync() || First is not { TokenLine: not null } first)
        {
            return NotFound();
        }

        var outcome = await pipeline.AskAsync(
            new TokenRequest
            {
                Grant = grants.Find(ApplicationRules.ClientCredentials),
                Terms = settings.Contracts.TermsOf(first.Contract),
                Caller = Caller,
                Client = new PresentedClient(Client.Id, Secret),
                Input = _ => GrantInput.Of(),
            },
            Cancel
        );
        if (outcome.Granted(out var issued, out var refusal))
        {
            (Issued, NewSecret) = (issued, Fresh ? Secret : null);
        }
        else
        {
            Refuse(
                nameof(Secret),
                refusal.Code is RefusalCode.InvalidClient ? Words["TryWrong"] : Words["TryRefused", refusal.Reason]
            );
        }

        return Shown();
    }

    public async Task<IActionResult> OnPostKeysAsync()
    {
        if (!await FindAsync() || Client is { Public: true } or { DisabledAt: not null })
        {
            return NotFound();
        }

        if (IsRefused(nameof(KeysPassword), await passwords.OfAsync(Me, KeysPassword, Cancel)))
        {
            return Shown();
        }

        var uri = string.IsNullOrWhiteSpace(JwksUri) ? null : JwksUri.Trim();
        VerificationKeys? keys = null;
        if (uri is null && !VerificationKeys.TryRead(Jwks ?? "", out keys, out _))
        {
            Refuse(nameof(Jwks), Words["KeysWrong", VerificationKeys.MostKeys]);
            return Shown();
        }

        if (uri is not null && await KeysProblemAsync(uri) is { } problem)
        {
            Refuse(nameof(JwksUri), problem);
            return Shown();
        }

        return await Applications.SetKeysAsync(Me.Id, ClientId, keys, uri, Caller, Cancel) is { } changed
            ? Done("KeysSaved", changed)
            : NotFound();
    }

    public async Task<IActionResult> OnPostEndAsync() =>
        await Applications.EndAsync(Me.Id, ClientId, Caller, Cancel) is { } ended ? Done("Ended", ended) : NotFound();

    // Asked now, so that a mistake is seen by whoever makes it.
    private async Task<string?> KeysProblemAsync(string uri)
    {
        if (!string.IsNullOrWhiteSpace(Jwks))
        {
            return Words["KeysTwice"];
        }

        if (RedirectUri.FlawOf(uri, publicClient: false) is not null)
        {
            return Words["JwksUriWrong"];
        }

        var fetched = await published.FindAsync(uri, kid: null, FetchPayer.Registered($"{Me.Id}"), Cancel);
        return fetched.Fault switch
        {
            null => null,
            FetchFault.Forbidden or FetchFault.Unreachable => Words["JwksUriUnreachable"].Value,
            FetchFault.Status or FetchFault.Unreadable => Words["JwksUriUnreadable"].Value,
            _ => Words["JwksUriTooMany"].Value,
        };
    }

    private bool IsRefused(string field, Refusal? refusal)
    {
        if (refusal is not null)
        {
            Refuse(
                field,
                refusal.Code is RefusalCode.InvalidCredentials
                    ? Words["WrongPassword"]
                    : Words["TooManyPasswords", refusal.RetryAfterSeconds ?? 60]
            );
        }

        return refusal is not null;
    }

    private async Task<bool> FindAsync() => (Known = await Applications.FindAsync(Me.Id, ClientId, Cancel)) is not null;

    private RedirectResult Done(string word, Client? client = null)
    {
        Known = client ?? Known;
        SetNotice(Words[word]);
        return Redirect(Path());
    }

    // Values of another form of this page must not appear in these fields.
    private Microsoft.AspNetCore.Mvc.RazorPages.PageResult Shown()
    {
        Form = ApplicationForm.Of(Client);
        Revision = Client.Revision.ToString(CultureInfo.InvariantCulture);
        ModelState.Remove(nameof(Revision));
        return Page();
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Model;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>Changes the scopes of a key: fewer at once, more with the password.</summary>
public sealed class KeyScopesPage(
    Holdings keys,
    TurnstoneSettings settings,
    TimeProvider time,
    IStringLocalizer<ApiKeyWords> words
) : SecretPage
{
    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public IReadOnlyList<string> Chosen { get; set; } = [];

    public ApiKeyView View { get; private set; } = null!;

    /// <summary>What is offered to everyone, and what the key has already.</summary>
    public IEnumerable<string> Offered =>
        KeyScopes.OfferedBy(settings.Portal).Select(scope => scope.Name).Union(View.Key.Scopes.Names);

    public async Task<IActionResult> OnGetAsync()
    {
        if (!await LoadAsync())
        {
            return NotFound();
        }

        Chosen = View.Key.Scopes.Names;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!await LoadAsync())
        {
            return NotFound();
        }

        if (!KeyScopes.TryChoose(Chosen, Offered, out var scopes))
        {
            Refuse(nameof(Chosen), words["BadScopes"]);
            return Page();
        }

        var widens = !scopes.Within(View.Key.Scopes);
        return !widens || await PasswordHoldsAsync() ? await ChangeAsync(scopes, widens) : Page();
    }

    private async Task<IActionResult> ChangeAsync(Scopes scopes, bool mayWiden)
    {
        var kept = View.Key.Scopes.Within(scopes);
        var changed = await keys.ChangeScopesAsync(Me.Id, Id, scopes, mayWiden, Caller, Cancel);
        SetNotice(
            words[
                changed is null ? "NotAnyMore"
                : kept ? "NoticeScopes"
                : "NoticeScopesNarrowed"
            ]
        );
        return Redirect(View.Path);
    }

    private async Task<bool> LoadAsync()
    {
        if (await keys.FindAsync(Me.Id, Id, Cancel) is { RevokedAt: null } key)
        {
            View = ApiKeyView.Of(key, time.GetUtcNow());
        }

        return View is not null;
    }
}

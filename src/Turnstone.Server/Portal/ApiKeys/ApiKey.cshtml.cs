using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Entrance;
using Turnstone.Server.Settings;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>One API key: what it is and when it was used, its renewal, its successor, its end.</summary>
public sealed class ApiKeyPage(
    Holdings keys,
    TurnstoneSettings settings,
    TimeProvider time,
    IStringLocalizer<ApiKeyWords> words
) : SecretPage
{
    /// <summary>How long the old key may go on beside the new one, by the word that the form sends.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> Overlaps { get; } =
        new Dictionary<string, TimeSpan>
        {
            ["none"] = TimeSpan.Zero,
            ["1h"] = TimeSpan.FromHours(1),
            ["24h"] = TimeSpan.FromHours(24),
            ["7d"] = TimeSpan.FromDays(7),
            ["30d"] = TimeSpan.FromDays(30),
        };

    [FromRoute]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Overlap { get; set; } = "24h";

    public ApiKeyView View { get; private set; } = null!;

    public bool MayRenew => keys.MayRenew(View.Key);

    public bool MayRoll => View.State is ApiKeyState.Active or ApiKeyState.Freezing;

    public MintedView? Made { get; private set; }

    public string LoginLine => MintedView.LoginLineOf(settings.Issuer, View.Beginning);

    public async Task<IActionResult> OnGetAsync() => await LoadAsync() ? Shown() : NotFound();

    public async Task<IActionResult> OnPostRenameAsync()
    {
        if (!await LoadAsync())
        {
            return NotFound();
        }

        if (!NameText.TryRead(Name, out var name))
        {
            Refuse(nameof(Name), words["BadName", NameText.Longest]);
            return Page();
        }

        return Told(await keys.RenameAsync(Me.Id, Id, name, Caller, Cancel) is not null, "ToldRenamed");
    }

    public async Task<IActionResult> OnPostRenewAsync() =>
        await LoadAsync()
            ? Told(await keys.RenewAsync(Me.Id, Id, Caller, Cancel) is not null, "ToldRenewed")
            : NotFound();

    public async Task<IActionResult> OnPostRevokeAsync() =>
        await LoadAsync()
            ? Told(await keys.RevokeAsync(Me.Id, Id, Caller, Cancel) is not null, "ToldRevoked")
            : NotFound();

    public async Task<IActionResult> OnPostRollAsync()
    {
        if (!await LoadAsync())
        {
            return NotFound();
        }

        if (SentBefore() is { } answer)
        {
            return answer;
        }

        if (!Overlaps.TryGetValue(Overlap ?? "", out var overlap))
        {
            Refuse(nameof(Overlap), words["BadOverlap"]);
        }
        else if (overlap > TimeSpan.Zero && !await keys.HasRoomAsync(Me.Id, Cancel))
        {
            Refuse(nameof(Overlap), words["TooMany", Holdings.MostLive]);
        }
        else if (await PasswordHoldsAsync() && MayMake(nameof(Overlap)))
        {
            if (await keys.RollAsync(Me.Id, Id, overlap, Caller, Cancel) is not { } minted)
            {
                return Told(false, "");
            }

            await LoadAsync();
            Made = new MintedView(minted, settings.Issuer, View.Key.WorksUntil);
        }

        return Shown();
    }

    /// <summary>The page; the field for another name holds the present one, unless another was typed.</summary>
    private PageResult Shown()
    {
        Name ??= View.Key.Name;
        return Page();
    }

    /// <summary>
    /// Back to the page with a sentence; what the key's state no longer allows is told too, and changed nothing.
    /// </summary>
    private RedirectResult Told(bool done, string sentence)
    {
        Tell(done ? words[sentence] : words["NotAnyMore"]);
        return Redirect(View.Path);
    }

    private async Task<bool> LoadAsync()
    {
        var found = await keys.FindAsync(Me.Id, Id, Cancel);
        if (found is not null)
        {
            View = ApiKeyView.Of(found, time.GetUtcNow());
        }

        return found is not null;
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Server.Portal.Letters;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>One API key: its state, renewal, replacement and revocation.</summary>
public sealed class ApiKeyPage(
    Holdings keys,
    KeyUseReader uses,
    Reader reader,
    KeyLetter letter,
    TurnstoneSettings settings,
    TimeProvider time,
    IStringLocalizer<ApiKeyWords> words
) : SecretPage
{
    /// <summary>How long the old key stays active, by the form's value.</summary>
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

    /// <summary>The time that the chart looks back on.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Period { get; set; }

    public KeyUse Use { get; private set; } = null!;

    public ApiKeyView View { get; private set; } = null!;

    public bool MayRenew => keys.MayRenew(View.Key);

    public bool MayRoll => View.State is ApiKeyState.Active or ApiKeyState.Freezing;

    public CreatedKeyView? Made { get; private set; }

    public string? LoginLine => CreatedKeyView.LoginLineOf(settings);

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

        return BackWithNotice(await keys.RenameAsync(Me.Id, Id, name, Caller, Cancel) is not null, "NoticeRenamed");
    }

    public async Task<IActionResult> OnPostRenewAsync() =>
        await LoadAsync()
            ? BackWithNotice(await keys.RenewAsync(Me.Id, Id, Caller, Cancel) is not null, "NoticeRenewed")
            : NotFound();

    public async Task<IActionResult> OnPostRevokeAsync() =>
        await LoadAsync()
            ? BackWithNotice(await keys.RevokeAsync(Me.Id, Id, Caller, Cancel) is not null, "NoticeRevoked")
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
        else if (await PasswordHoldsAsync() && MayCreate(nameof(Overlap)))
        {
            if (await keys.RollAsync(Me.Id, Id, overlap, Caller, Cancel) is not { } minted)
            {
                return BackWithNotice(false, "");
            }

            await LoadAsync();
            Made = new CreatedKeyView(minted, CreatedKeyView.LoginLineOf(settings), View.Key.WorksUntil);
            await letter.ReplacedAsync(Me, View.Key.Name);
        }

        return Shown();
    }

    /// <summary>The page. The name field has the current name unless another one was typed.</summary>
    private PageResult Shown()
    {
        Name ??= View.Key.Name;
        return Page();
    }

    /// <summary>
    /// Back to the page with a notice. If the key's state does not allow the change, the notice says so and nothing was
    /// changed.
    /// </summary>
    private RedirectResult BackWithNotice(bool done, string sentence)
    {
        SetNotice(done ? words[sentence] : words["NotAnyMore"]);
        return Redirect(View.Path);
    }

    private async Task<bool> LoadAsync()
    {
        var found = await keys.FindAsync(Me.Id, Id, Cancel);
        if (found is not null)
        {
            View = ApiKeyView.Of(found, time.GetUtcNow());
            Use = await uses.OfAsync(found, KeyPeriod.Of(Period), reader, Cancel);
        }

        return found is not null;
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Letters;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>Creates an API key and shows it once.</summary>
public sealed class NewApiKeyPage(
    Holdings keys,
    ISubscriptionStore subscriptions,
    KeyLetter letter,
    TurnstoneSettings settings,
    IStringLocalizer<ApiKeyWords> words
) : SecretPage
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Days { get; set; } = Holdings.Life.TotalDays.ToString(CultureInfo.InvariantCulture);

    [BindProperty]
    public IReadOnlyList<string> Chosen { get; set; } = [];

    public CreatedKeyView? Made { get; private set; }

    public IReadOnlyList<OfferedScope> Offered { get; } = KeyScopes.OfferedBy(settings.Portal);

    /// <summary>What the form offers, and what was asked for if it is something else.</summary>
    public IEnumerable<int> Presets =>
        int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var days)
        && days >= 1
        && days <= LongestDays
            ? Offers.Union([days]).Order()
            : Offers;

    private static readonly int[] Offers = [1, 7, 30, 90, 180, LongestDays];

    public static int LongestDays => (int)Holdings.Longest.TotalDays;

    public async Task OnGetAsync() => Chosen = await KeyScopes.UsualAsync(Me.Id, settings, subscriptions, Cancel);

    public async Task<IActionResult> OnPostAsync()
    {
        if (SentBefore() is { } answer)
        {
            return answer;
        }

        var order = await ReadAsync();
        if (ModelState.IsValid && await PasswordHoldsAsync() && MayCreate(nameof(Name)))
        {
            var minted = await keys.CreateAsync(Me.Id, order.Name, order.Scopes, order.Life, Caller, Cancel);
            Made = new CreatedKeyView(minted, CreatedKeyView.LoginLineOf(settings));
            await letter.MadeAsync(Me, order.Name);
        }

        return Page();
    }

    /// <summary>
    /// The request, if it is valid; otherwise each wrong field has its error. The password is checked last, so a
    /// mistake costs no attempt.
    /// </summary>
    private async Task<(string Name, Scopes Scopes, TimeSpan Life)> ReadAsync()
    {
        if (!NameText.TryRead(Name, out var name))
        {
            Refuse(nameof(Name), words["BadName", NameText.Longest]);
        }
        else if (!await keys.HasRoomAsync(Me.Id, Cancel))
        {
            Refuse(nameof(Name), words["TooMany", Holdings.MostLive]);
        }

        if (
            !int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            || days < 1
            || days > LongestDays
        )
        {
            Refuse(nameof(Days), words["BadDays", LongestDays]);
            days = 1;
        }

        if (!KeyScopes.TryChoose(Chosen, Offered.Select(scope => scope.Name), out var scopes))
        {
            Refuse(nameof(Chosen), words["BadScopes"]);
        }

        return (name ?? "", scopes, TimeSpan.FromDays(days));
    }
}

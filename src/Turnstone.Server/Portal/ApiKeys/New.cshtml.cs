using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Turnstone.Credentials;
using Turnstone.Directory;
using Turnstone.Model;
using Turnstone.Server.Portal.Entrance;
using Turnstone.Server.Settings;
using Holdings = Turnstone.Directory.ApiKeys;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>Makes an API key and shows it, once.</summary>
public sealed class NewApiKeyPage(
    Holdings keys,
    TurnstoneSettings settings,
    TimeProvider time,
    IStringLocalizer<ApiKeyWords> words
) : SecretPage
{
    /// <summary>Scopes that say something about a person who signs in: a key is none.</summary>
    private static readonly string[] OfPeople = ["openid", "profile", "email", "offline_access"];

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Days { get; set; } = Holdings.Life.TotalDays.ToString(CultureInfo.InvariantCulture);

    [BindProperty]
    public IReadOnlyList<string> Chosen { get; set; } = [];

    public MintedView? Made { get; private set; }

    public IReadOnlyList<OfferedScope> Offered { get; } =
    [.. settings.Portal.Offered.Where(scope => !OfPeople.Contains(scope.Name))];

    public static int LongestDays => (int)Holdings.Longest.TotalDays;

    public DateTimeOffset FreezesAt => time.GetUtcNow() + Holdings.Life;

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        if (SentBefore() is { } answer)
        {
            return answer;
        }

        var order = await ReadAsync();
        if (ModelState.IsValid && await PasswordHoldsAsync() && MayMake(nameof(Name)))
        {
            var minted = await keys.CreateAsync(Me.Id, order.Name, order.Scopes, order.Life, Caller, Cancel);
            Made = new MintedView(minted, settings.Issuer);
        }

        return Page();
    }

    /// <summary>
    /// What was asked for, as far as it can be read; every fault has its sentence. The password is proven last: a fault
    /// costs no try.
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

        var offered = Scopes.Of(Offered.Select(scope => scope.Name));
        if (!Scopes.TryRead(string.Join(' ', Chosen), out var scopes) || !scopes.Within(offered))
        {
            Refuse(nameof(Chosen), words["BadScopes"]);
        }

        return (name ?? "", scopes ?? Scopes.None, TimeSpan.FromDays(days));
    }
}

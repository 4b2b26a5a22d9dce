using Microsoft.AspNetCore.Mvc;
using Turnstone.Credentials;
using Turnstone.Directory;

namespace Turnstone.Server.Portal.Administration.Accounts;

/// <summary>Finds accounts by a part of their email.</summary>
public sealed class AccountsPage(IAccountStore accounts) : AdministrationPage
{
    public const int Shown = 50;

    [BindProperty(SupportsGet = true)]
    public string? Email { get; set; }

    public IReadOnlyList<Account> Found { get; private set; } = [];

    /// <summary>The last account of the page before, by its id; an unknown one is the beginning.</summary>
    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    /// <summary>Where the next page begins; null on the last.</summary>
    public Guid? Next { get; private set; }

    public string Link(Guid? after) =>
        "/portal/admin/accounts"
        + QueryString.Create(
            new Dictionary<string, string?> { ["Email"] = Email, ["After"] = after?.ToString() }.Where(pair =>
                !string.IsNullOrEmpty(pair.Value)
            )
        );

    public async Task OnGetAsync()
    {
        var part = Email?.Trim() ?? "";
        if (part.Length > EmailAddress.Longest || part.Any(char.IsControl))
        {
            Refuse(nameof(Email), Words["EmailPartWrong"]);
            return;
        }

        var after = Guid.TryParseExact(After, "D", out var id) ? await accounts.FindAsync(id, Cancel) : null;
        var found = await accounts.ListAsync(part, Shown + 1, Cancel, after?.NormalizedEmail);
        (Found, Next) = ([.. found.Take(Shown)], found.Count > Shown ? found[Shown - 1].Id : null);
    }
}

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

    public bool More { get; private set; }

    public async Task OnGetAsync()
    {
        var part = Email?.Trim() ?? "";
        if (part.Length > EmailAddress.Longest || part.Any(char.IsControl))
        {
            Refuse(nameof(Email), Words["EmailPartWrong"]);
            return;
        }

        var found = await accounts.ListAsync(part, Shown + 1, Cancel);
        (Found, More) = ([.. found.Take(Shown)], found.Count > Shown);
    }
}

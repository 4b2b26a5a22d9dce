using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory.Trust;

namespace Turnstone.Server.Portal.Administration.RegisteredProviders;

/// <summary>Registers a company's identity provider.</summary>
public sealed class NewProviderPage(IdentityProviders providers) : ProviderForm(providers)
{
    [BindProperty]
    public string? Issuer { get; set; }

    public void OnGet() { }

    public async Task<IActionResult> OnPostAsync()
    {
        var empty = new IdentityProvider
        {
            Issuer = Issuer?.Trim() ?? "",
            Domains = [],
            Clients = [],
            CreatedAt = default,
        };

        // The password first: nobody else makes this server ask another one.
        if (await JustifyAsync(Handler, password: true) is { } caller && await ReadAsync(empty) is { } provider)
        {
            if (await Providers.SaveAsync(provider, caller, Cancel))
            {
                SetNotice(Words["ProviderAdded", provider.Issuer]);
                return Redirect(Path);
            }

            Refuse(nameof(Issuer), Words["ProviderTaken"]);
        }

        return Page();
    }
}

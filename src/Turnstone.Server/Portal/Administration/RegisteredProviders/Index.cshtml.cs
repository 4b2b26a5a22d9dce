using Microsoft.AspNetCore.Mvc;
using Turnstone.Administration;
using Turnstone.Directory.Trust;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.RegisteredProviders;

/// <summary>The identity providers of companies, and what was last seen of each.</summary>
public sealed class ProvidersPage(IdentityProviders providers) : AdministrationPage
{
    /// <summary>A part of an issuer, a domain or a client.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    public Listing<IdentityProvider> Listed { get; private set; } = Listing.Empty<IdentityProvider>();

    public async Task OnGetAsync() =>
        Listed = Listing.Of(
            await providers.ListAsync(Cancel),
            Find,
            Number,
            one => [one.Issuer, .. one.Domains, .. one.Clients]
        );
}

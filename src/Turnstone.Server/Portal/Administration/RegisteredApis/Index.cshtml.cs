using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Administration.RegisteredApis;

/// <summary>The APIs that tokens are for: those that are registered, and that of the settings.</summary>
public sealed class ApisPage(IApiStore store, Apis known) : AdministrationPage
{
    public const string Path = $"{AdministrationRoutes.Root}/apis";

    /// <summary>A part of a name, an identifier or a scope.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    public Listing<Api> Listed { get; private set; } = Listing.Empty<Api>();

    /// <summary>That of the settings, which has no page of its own.</summary>
    public bool IsDefault(Api api) => api.Identifier == known.Default.Identifier;

    public async Task OnGetAsync() =>
        Listed = Listing.Of(
            (await store.ListAsync(Cancel)).Append(known.Default),
            Find,
            Number,
            api => [api.Name, api.Id, api.Identifier, .. api.ScopeNames.Names]
        );
}

using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Applications;

/// <summary>The customer's OAuth clients.</summary>
public sealed class ApplicationsPage(OwnApplications applications) : PortalPage
{
    public const string Path = "/portal/applications";

    /// <summary>A part of a name or of a client id.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    public int Total { get; private set; }

    public Listing<Client> Rows { get; private set; } = Listing.Empty<Client>();

    public async Task OnGetAsync()
    {
        var all = await applications.ListAsync(Me.Id, Cancel);
        (Total, Rows) = (all.Count, Listing.Of(all, Find, Number, client => [client.Name, client.Id]));
    }
}

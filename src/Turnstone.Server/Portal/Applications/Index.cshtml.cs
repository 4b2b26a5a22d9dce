using Turnstone.Directory;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Applications;

/// <summary>The customer's OAuth clients.</summary>
public sealed class ApplicationsPage(OwnApplications applications) : PortalPage
{
    public IReadOnlyList<Client> Rows { get; private set; } = [];

    public async Task OnGetAsync() => Rows = await applications.ListAsync(Me.Id, Cancel);
}

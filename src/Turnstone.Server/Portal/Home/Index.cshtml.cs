using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Home;

/// <summary>The first page: where the reader stands and what comes next.</summary>
public sealed class HomePage : PortalPage
{
    public void OnGet()
    {
    }
}

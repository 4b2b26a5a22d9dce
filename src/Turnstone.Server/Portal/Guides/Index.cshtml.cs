using Microsoft.AspNetCore.Authorization;
using Turnstone.Server.Portal.Entrance;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Guides;

/// <summary>
/// What there is to read. Open to everybody: whoever decides for the service reads before signing up.
/// </summary>
[AllowAnonymous]
public sealed class GuidesPage : PortalPage
{
    public bool SignedIn => PortalSession.AccountOf(HttpContext) is not null;

    public void OnGet() { }
}

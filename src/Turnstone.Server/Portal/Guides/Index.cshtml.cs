using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;

namespace Turnstone.Server.Portal.Guides;

/// <summary>The list of guides. Public, because people read before they sign up.</summary>
[AllowAnonymous]
public sealed class GuidesPage(ContractList contracts, OwnGuides own) : PortalPage
{
    public IReadOnlyList<Guide> Guides => Guide.Offered(contracts);

    public IReadOnlyList<OwnGuide> Own => own.Of(CultureInfo.CurrentUICulture.Name);

    public bool SignedIn => PortalSession.AccountOf(HttpContext) is not null;

    public void OnGet() { }
}

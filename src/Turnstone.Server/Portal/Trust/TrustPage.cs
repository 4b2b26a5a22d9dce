using Microsoft.AspNetCore.Mvc;
using Turnstone.Directory;
using Turnstone.Directory.Trust;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Trust;

/// <summary>A page about who may be one application without a secret. Another's application is not there.</summary>
public abstract class TrustPage(OwnTrust trust) : PortalPage
{
    [FromRoute]
    public string? ClientId { get; set; }

    public Client Client { get; private set; } = null!;

    protected OwnTrust Trust => trust;

    public string Path(string rest = "") => $"/portal/applications/{Uri.EscapeDataString(Client.Id)}/trust{rest}";

    protected async Task<bool> FindAsync()
    {
        var found = await trust.FindAsync(Me.Id, ClientId, Cancel);
        Client = found!;
        return found is not null;
    }
}

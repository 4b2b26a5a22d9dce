using Microsoft.AspNetCore.Mvc;

namespace Turnstone.Server.Portal.Shell;

/// <summary>Where a form or a link says to go next, as far as that is on this server.</summary>
public static class LocalTarget
{
    /// <summary>
    /// The wanted path, or the portal's first page. A header takes printable ASCII alone; a browser escapes the rest
    /// before it asks, so no page of ours needs it.
    /// </summary>
    public static string Of(IUrlHelper url, string? wanted)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.IsLocalUrl(wanted) && wanted.All(letter => letter is > ' ' and <= '~') ? wanted : PortalRoutes.Root;
    }
}

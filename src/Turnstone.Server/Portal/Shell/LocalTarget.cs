using Microsoft.AspNetCore.Mvc;

namespace Turnstone.Server.Portal.Shell;

/// <summary>The target of a redirect, if it is on this server.</summary>
public static class LocalTarget
{
    /// <summary>
    /// The wanted path, or the home page. A header can only contain printable ASCII, and browsers escape the rest.
    /// </summary>
    public static string Of(IUrlHelper url, string? wanted)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.IsLocalUrl(wanted) && wanted.All(letter => letter is > ' ' and <= '~') ? wanted : PortalRoutes.Root;
    }
}

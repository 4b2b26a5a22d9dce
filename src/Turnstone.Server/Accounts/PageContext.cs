using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Accounts;

/// <summary>The request under way, for Identity and the pages, which ask for it from afar. An API call is handed its own from room to room: to keep it here as well would cost it a copy of its execution context.</summary>
internal sealed class PageContext : IHttpContextAccessor
{
    private readonly HttpContextAccessor kept = new();

    public HttpContext? HttpContext
    {
        get => kept.HttpContext;
        set => kept.HttpContext = value is not null && PortalDoor.IsPage(value) ? value : null;
    }
}

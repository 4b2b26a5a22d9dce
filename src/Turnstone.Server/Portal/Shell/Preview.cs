using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Shell;

/// <summary>Whether this request's reader sees what is not public yet: a signed-in administrator does.</summary>
public sealed class Preview(IHttpContextAccessor accessor, TurnstoneSettings settings)
{
    public bool OfAnything => OfBrand || OfGuides || OfDocuments || OfLetters;

    public bool OfBrand => settings.Portal.Preview.HasBrand && IsShown;

    public bool OfGuides => settings.Portal.Preview.Guides.Length > 0 && IsShown;

    public bool OfDocuments => settings.Portal.Preview.Documents.Length > 0 && IsShown;

    public bool OfLetters => settings.Portal.Preview.Letters.Length > 0 && IsShown;

    private bool IsShown =>
        accessor.HttpContext is { } context
        && PortalSession.AccountOf(context) is { Administrator: true, DisabledAt: null };
}

using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Turnstone.Server.Portal.Shell;
using Turnstone.Server.Portal.SignIn;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.Guides;

/// <summary>One guide in the reader's language. Its samples name the reader's own keys.</summary>
[AllowAnonymous]
public sealed class GuidePage(ReaderNaming naming, OwnGuides guides, TurnstoneSettings settings) : PortalPage
{
    public Guide Guide { get; private set; } = Guide.GettingStarted;

    /// <summary>A guide of the operator's instead; null for one of the portal's.</summary>
    public OwnGuide? Own { get; private set; }

    public string Path => Own?.Path ?? Guide.Path;

    public ReaderNames Names { get; private set; } = new("");

    /// <summary>The contract that the guide to its successor is about.</summary>
    public DeprecatedContractSettings Deprecated =>
        settings.Contracts.Groups.Select(group => group.Settings).OfType<DeprecatedContractSettings>().First();

    public bool SignedIn => PortalSession.AccountOf(HttpContext) is not null;

    public Guide? Next =>
        Own is not null
            ? null
            : Guide.Offered(settings.Contracts.List).SkipWhile(guide => guide != Guide).Skip(1).FirstOrDefault();

    public async Task<IActionResult> OnGetAsync(string slug)
    {
        if (guides.Find(slug, CultureInfo.CurrentUICulture.Name) is { } own)
        {
            Own = own;
            return Page();
        }

        if (Guide.Find(slug) is not { } guide || !Guide.Offered(settings.Contracts.List).Contains(guide))
        {
            return NotFound();
        }

        (Guide, Names) = (guide, await naming.OfAsync(PortalSession.AccountOf(HttpContext), Cancel));
        return Page();
    }

    /// <summary>The text as HTML, from which the table of contents is taken.</summary>
    public async Task<string> TextAsync(IHtmlHelper html)
    {
        if (Own is not null)
        {
            return Own.Html;
        }

        var content = await html.PartialAsync(Guide.Text(CultureInfo.CurrentUICulture.Name), this);
        using var writer = new StringWriter();
        content.WriteTo(writer, HtmlEncoder.Default);
        return writer.ToString();
    }
}

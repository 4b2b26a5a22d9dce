using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// <c>&lt;div class="table" scroll-label="…"&gt;</c>: a table that may be wider than the page is scrolled with the
/// keyboard too, and says what it is.
/// </summary>
[HtmlTargetElement("div", Attributes = "scroll-label")]
public sealed class ScrollTagHelper : TagHelper
{
    public required string ScrollLabel { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Attributes.SetAttribute("tabindex", "0");
        output.Attributes.SetAttribute("role", "region");
        output.Attributes.SetAttribute("aria-label", ScrollLabel);
    }
}

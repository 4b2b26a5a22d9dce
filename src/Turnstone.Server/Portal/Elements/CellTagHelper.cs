using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// A cell with nothing but spaces is empty: a list on a phone leaves it out with its label, and nobody hears a blank.
/// </summary>
[HtmlTargetElement("td")]
public sealed class CellTagHelper : TagHelper
{
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if ((await output.GetChildContentAsync()).IsEmptyOrWhiteSpace)
        {
            output.Content.SetContent("");
        }
    }
}

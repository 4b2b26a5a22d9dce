using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Turnstone.Model;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// <c>&lt;once /&gt;</c> in a form whose answer shows a secret: it can be sent once, see <see cref="SentOnce"/>. All
/// such forms of a page share one ticket.
/// </summary>
[HtmlTargetElement("once", TagStructure = TagStructure.WithoutEndTag)]
public sealed class OnceTagHelper(RandomSource random) : TagHelper
{
    private static readonly object Given = new();

    [ViewContext]
    [HtmlAttributeNotBound]
    [NotNull]
    public ViewContext? ViewContext { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var items = ViewContext.HttpContext.Items;
        var ticket = items[Given] as string ?? SentOnce.Issue(ViewContext.TempData, random);
        items[Given] = ticket;
        output.TagName = "input";
        output.TagMode = TagMode.SelfClosing;
        output.Attributes.SetAttribute("type", "hidden");
        output.Attributes.SetAttribute("name", SentOnce.Field);
        output.Attributes.SetAttribute("value", ticket);
    }
}

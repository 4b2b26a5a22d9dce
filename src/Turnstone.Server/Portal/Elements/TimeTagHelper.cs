using System.Globalization;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// <c>&lt;moment at="…" /&gt;</c>: a time in the reader's zone; with <c>distance</c> in words, the time itself on
/// hovering.
/// </summary>
[HtmlTargetElement("moment", TagStructure = TagStructure.WithoutEndTag)]
public sealed class TimeTagHelper(Reader reader) : TagHelper
{
    public DateTimeOffset At { get; set; }

    public bool Distance { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute(
            "datetime",
            At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        );
        if (Distance)
        {
            output.Attributes.SetAttribute("title", reader.Time(At));
            output.Attributes.SetAttribute("data-distance", "");
        }

        output.Content.SetContent(Distance ? reader.Distance(At) : reader.Time(At));
    }
}

using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// <c>&lt;icon name="key" /&gt;</c>: a line drawing beside a word that says the same, so it is silent for those who
/// hear the page.
/// </summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTagHelper : TagHelper
{
    private static readonly Dictionary<string, string> Drawings = new()
    {
        ["home"] = "M3 10.5 12 3l9 7.5V20a1 1 0 0 1-1 1h-5v-6H9v6H4a1 1 0 0 1-1-1z",
        ["layers"] = "m12 3 9 5-9 5-9-5zM3 13l9 5 9-5M3 17.5l9 5 9-5",
        ["key"] = "M14.5 9.5a5 5 0 1 1-3-3L20 3v4h-3v3h-3M7.5 15.5h.01",
        ["app"] = "M4 4h16v16H4zM4 9h16M8 6.5h.01",
        ["clock"] = "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.5 2",
        ["pulse"] = "M3 12h4l3-8 4 16 3-8h4",
        ["list"] = "M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01",
        ["book"] = "M4 5a2 2 0 0 1 2-2h14v18H6a2 2 0 0 1-2-2zM4 19a2 2 0 0 1 2-2h14",
        ["person"] = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 21a7.5 7.5 0 0 1 15 0",
        ["people"] =
            "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 "
            + "14.2a6.5 6.5 0 0 1 3.5 5.8",
        ["gauge"] = "M12 20a9 9 0 1 1 9-9M12 14l5-5M12 15h.01",
        ["check"] = "m4 12.5 5 5L20 6.5",
        ["box"] = "m12 2.5 9 5v9l-9 5-9-5v-9zM3 7.5l9 5 9-5M12 12.5v9",
        ["lock"] = "M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4",
        ["gear"] =
            "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M12 2v3M12 19v3M2 12h3M19 12h3M4.9 4.9 7 7M17 17l2.1 2.1M4.9 19.1 7 "
            + "17M17 7l2.1-2.1",
        ["warn"] = "M12 3 2 20h20zM12 10v4M12 17h.01",
        ["plus"] = "M12 5v14M5 12h14",
        ["menu"] = "M4 7h16M4 12h16M4 17h16",
        ["arrow"] = "M5 12h14M13 6l6 6-6 6",
    };

    public required string Name { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "icon");
        output.Attributes.SetAttribute("viewBox", "0 0 24 24");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Content.SetHtmlContent($"<path d=\"{Drawings[Name]}\"/>");
    }
}

using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;
using Turnstone.Server.Portal.Shell;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// <c>&lt;copy text="…" label="…" /&gt;</c>: a text to take along. The script adds the button that copies it and says
/// so; without a script there is none, and the text is selected by one click.
/// </summary>
[HtmlTargetElement("copy", TagStructure = TagStructure.WithoutEndTag)]
public sealed class CopyTagHelper(IStringLocalizer<ShellWords> words) : TagHelper
{
    public required string Text { get; set; }

    /// <summary>The label for screen readers.</summary>
    public required string Label { get; set; }

    /// <summary>Several lines, unchanged.</summary>
    public bool Block { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Block ? "copy block" : "copy");

        var text = new TagBuilder(Block ? "pre" : "code");
        text.Attributes["tabindex"] = "0";
        text.Attributes["role"] = "region";
        text.Attributes["aria-label"] = Label;
        text.AddCssClass("copied-text");
        text.InnerHtml.AppendHtml(Block ? LongRuns.Of(Text) : new HtmlContentBuilder().Append(Text));

        output.Attributes.SetAttribute("data-copy", words["Copy"].Value);
        output.Attributes.SetAttribute("data-copy-what", words["CopyWhat", Label].Value);
        output.Attributes.SetAttribute("data-copied", words["CopiedWhat", Label].Value);
        output.Attributes.SetAttribute("data-not-copied", words["NotCopied"].Value);
        output.Content.SetHtmlContent(text);
    }
}

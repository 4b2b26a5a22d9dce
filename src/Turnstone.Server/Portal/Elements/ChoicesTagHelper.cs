using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// <c>&lt;choices for="Scopes" label="…" hint="…"&gt;</c>: several boxes under one question, with its hint and its
/// error tied to the whole group.
/// </summary>
[HtmlTargetElement("choices", Attributes = "for,label")]
public sealed class ChoicesTagHelper : TagHelper
{
    public required ModelExpression For { get; set; }

    public required string Label { get; set; }

    public string? Hint { get; set; }

    [ViewContext]
    [HtmlAttributeNotBound]
    [NotNull]
    public ViewContext? ViewContext { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var id = TagBuilder.CreateSanitizedId(For.Name, "_");
        var error =
            ViewContext.ViewData.ModelState.TryGetValue(For.Name, out var state) && state.Errors.Count > 0
                ? state.Errors[0].ErrorMessage
                : null;
        output.TagName = "fieldset";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", error is null ? "choices" : "choices wrong");
        var described = string.Join(
            ' ',
            new[] { error is null ? null : $"{id}-error", Hint is null ? null : $"{id}-hint" }.OfType<string>()
        );
        if (described.Length > 0)
        {
            output.Attributes.SetAttribute("aria-describedby", described);
        }

        var boxes = await output.GetChildContentAsync();
        var legend = new TagBuilder("legend");
        legend.InnerHtml.Append(Label);
        output.Content.SetHtmlContent(legend);
        output.Content.AppendHtml(boxes);
        Note(output.Content, $"{id}-hint", "hint", Hint);
        Note(output.Content, $"{id}-error", "error", error);
    }

    private static void Note(TagHelperContent body, string id, string kind, string? text)
    {
        if (text is null)
        {
            return;
        }

        var note = new TagBuilder("p");
        note.AddCssClass(kind);
        note.Attributes["id"] = id;
        note.InnerHtml.Append(text);
        body.AppendHtml(note);
    }
}

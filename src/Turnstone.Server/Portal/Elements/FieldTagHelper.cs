using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Turnstone.Server.Portal.Elements;

/// <summary>
/// <c>&lt;field for="Email" label="…" type="email" hint="…" autocomplete="…" /&gt;</c>: label, input, hint and
/// error, linked by <c>aria</c> attributes. The typed value is kept, except for passwords. Other attributes are passed
/// to the input. If the tag has content (options, another kind of input), the content replaces the input and has to
/// use the field's <c>id</c> and <c>name</c>.
/// </summary>
[HtmlTargetElement("field", Attributes = "for,label")]
public sealed class FieldTagHelper : TagHelper
{
    public required ModelExpression For { get; set; }

    public required string Label { get; set; }

    public string? Hint { get; set; }

    public string Type { get; set; } = "text";

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
        var given = output.Attributes.ToList();
        output.Attributes.Clear();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", error is null ? "field" : "field wrong");

        var label = new TagBuilder("label");
        label.Attributes["for"] = id;
        label.InnerHtml.Append(Label);

        var control = await output.GetChildContentAsync();
        var body = output.Content;
        body.SetHtmlContent("");
        if (Type == "checkbox")
        {
            label.AddCssClass("check");
            body.AppendHtml(Input(id, given, error, state?.AttemptedValue));
            body.AppendHtml(label);
        }
        else
        {
            body.AppendHtml(label);
            body.AppendHtml(control.IsEmptyOrWhiteSpace ? Input(id, given, error, state?.AttemptedValue) : control);
        }

        Note(body, $"{id}-hint", "hint", Hint);
        Note(body, $"{id}-error", "error", error);
    }

    private TagBuilder Input(string id, List<TagHelperAttribute> given, string? error, string? typed)
    {
        var input = new TagBuilder(Type == "textarea" ? "textarea" : "input");
        foreach (var attribute in given)
        {
            // Razor has encoded the value already, and the tag builder would encode it again.
            input.Attributes[attribute.Name] = attribute.Value is HtmlString encoded
                ? WebUtility.HtmlDecode(encoded.Value)
                : attribute.Value?.ToString();
        }

        input.Attributes["id"] = id;
        input.Attributes["name"] = For.Name;
        var described = string.Join(
            ' ',
            new[] { error is null ? null : $"{id}-error", Hint is null ? null : $"{id}-hint" }.OfType<string>()
        );
        if (described.Length > 0)
        {
            input.Attributes["aria-describedby"] = described;
        }

        if (error is not null)
        {
            input.Attributes["aria-invalid"] = "true";
        }

        Fill(input, typed ?? For.Model?.ToString() ?? "");
        return input;
    }

    private void Fill(TagBuilder input, string value)
    {
        if (Type == "textarea")
        {
            // A browser drops the first line break of a text area.
            input.InnerHtml.AppendHtml("\n").Append(value);
            return;
        }

        input.TagRenderMode = TagRenderMode.SelfClosing;
        input.Attributes["type"] = Type;
        if (Type == "checkbox")
        {
            input.Attributes["value"] = "true";
            if (value.StartsWith("true", StringComparison.OrdinalIgnoreCase))
            {
                input.Attributes["checked"] = "checked";
            }
        }
        else if (Type != "password")
        {
            input.Attributes["value"] = value;
        }
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

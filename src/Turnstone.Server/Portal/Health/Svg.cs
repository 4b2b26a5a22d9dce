using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace Turnstone.Server.Portal.Health;

/// <summary>
/// An SVG drawing, written element by element. Colours are CSS classes, so dark mode works; texts are encoded.
/// </summary>
public sealed class Svg(string name, int width, int height)
{
    private readonly StringBuilder elements = new();

    /// <summary>The description for screen readers.</summary>
    public void Say(string title, string description) =>
        elements
            .Append(
                CultureInfo.InvariantCulture,
                $"<title id=\"{name}-title\">{HtmlEncoder.Default.Encode(title)}</title>"
            )
            .Append(
                CultureInfo.InvariantCulture,
                $"<desc id=\"{name}-desc\">{HtmlEncoder.Default.Encode(description)}</desc>"
            );

    public void Line(double y, string kind) =>
        elements.Append(
            CultureInfo.InvariantCulture,
            $"<line class=\"{kind}\" x1=\"0\" x2=\"{width}\" y1=\"{y:0.##}\" y2=\"{y:0.##}\"/>"
        );

    public void Bar(double x, double y, double wide, double high, string kind) =>
        elements.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"{kind}\" x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{wide:0.##}\" height=\"{high:0.##}\"/>"
        );

    /// <summary>What is shown over a column of the drawing.</summary>
    public void Tip(double x, double wide, string text) =>
        elements.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"tip\" x=\"{x:0.##}\" y=\"0\" width=\"{wide:0.##}\" height=\"{height}\">"
                + $"<title>{HtmlEncoder.Default.Encode(text)}</title></rect>"
        );

    /// <summary>Scaled to the available width; the stylesheet sets the height.</summary>
    public IHtmlContent Drawn(string kind) =>
        new HtmlString(
            string.Create(
                CultureInfo.InvariantCulture,
                $"<svg class=\"{kind}\" role=\"img\" aria-labelledby=\"{name}-title\" "
                    + $"aria-describedby=\"{name}-desc\" viewBox=\"0 0 {width} {height}\" "
                    + $"preserveAspectRatio=\"none\">{elements}</svg>"
            )
        );
}

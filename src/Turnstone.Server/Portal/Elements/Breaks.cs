using Microsoft.AspNetCore.Html;

namespace Turnstone.Server.Portal.Elements;

/// <summary>Where an address may go on in the next line: behind its @ and between its groups.</summary>
public static class Breaks
{
    public static IHtmlContent Of(string? address)
    {
        var html = new HtmlContentBuilder();
        var done = 0;
        for (var at = 0; at < address?.Length; at++)
        {
            if (address[at] is '@' or ':')
            {
                html.Append(address[done..(at + 1)]).AppendHtml("<wbr>");
                done = at + 1;
            }
        }

        return html.Append(address?[done..] ?? "");
    }
}

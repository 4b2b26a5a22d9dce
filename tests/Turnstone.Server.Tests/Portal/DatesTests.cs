using System.Text.Encodings.Web;
using Turnstone.Server.Portal.Elements;

namespace Turnstone.Server.Tests.Portal;

public sealed class DatesTests
{
    [Theory]
    [InlineData("From 2031-06-23 03:09 UTC on.", "From <span class=\"nowrap\">2031-06-23 03:09 UTC</span> on.")]
    [InlineData("2031-06-23 03:09 UTC+5:30", "<span class=\"nowrap\">2031-06-23 03:09 UTC&#x2B;5:30</span>")]
    [InlineData(
        "<b>2031-06-23</b>; 2031-06-24",
        "&lt;b&gt;<span class=\"nowrap\">2031-06-23</span>&lt;/b&gt;; <span class=\"nowrap\">2031-06-24</span>"
    )]
    [InlineData("None & nothing", "None &amp; nothing")]
    [InlineData("", "")]
    public void A_date_stays_on_one_line_and_all_of_the_sentence_is_text(string sentence, string html)
    {
        using var written = new StringWriter();
        Dates.Whole(sentence).WriteTo(written, HtmlEncoder.Default);
        Assert.Equal(html, written.ToString());
    }
}

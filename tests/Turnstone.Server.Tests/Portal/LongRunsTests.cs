using System.Text.Encodings.Web;
using Turnstone.Server.Portal.Elements;

namespace Turnstone.Server.Tests.Portal;

public sealed class LongRunsTests
{
    private const string Token =
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiIx-Mjk3In0.c2ln_bmF0dXJl-DQo";

    [Theory]
    [InlineData(
        "\"token\": \"" + Token + "\"",
        "&quot;token&quot;: &quot;<span class=\"run\">" + Token + "</span>&quot;"
    )]
    [InlineData(
        Token + "\n" + Token,
        "<span class=\"run\">" + Token + "</span>&#xA;<span class=\"run\">" + Token + "</span>"
    )]
    [InlineData("<b>words and https://id.example.test/a</b>", "&lt;b&gt;words and https://id.example.test/a&lt;/b&gt;")]
    [InlineData("Environment.GetEnvironmentVariable.ToString", "Environment.GetEnvironmentVariable.ToString")]
    [InlineData("", "")]
    public void What_has_no_words_is_marked_and_all_of_it_is_text(string text, string html)
    {
        using var written = new StringWriter();
        LongRuns.Of(text).WriteTo(written, HtmlEncoder.Default);
        Assert.Equal(html, written.ToString());
    }
}

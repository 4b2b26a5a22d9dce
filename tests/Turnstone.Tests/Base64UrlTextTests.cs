namespace Turnstone.Tests;

public sealed class Base64UrlTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("AA")]
    [InlineData("-_8")]
    [InlineData("AAAA")]
    public void Canonical_text_is_read_back_as_it_was_written(string text)
    {
        Assert.True(Base64UrlText.TryDecode(text, out var bytes));
        Assert.Equal(text, Base64UrlText.Encode(bytes));
    }

    /// <summary>A refusal, never an exception: these texts come from the wire.</summary>
    [Theory]
    [InlineData("A")]
    [InlineData("AB")]
    [InlineData("AAB")]
    [InlineData("AAAAB")]
    [InlineData("AA==")]
    [InlineData("A A")]
    [InlineData("AA\n")]
    [InlineData("A+")]
    [InlineData("A/")]
    [InlineData("\u00e9A")]
    public void Any_other_text_is_refused(string text)
    {
        Assert.False(Base64UrlText.TryDecode(text, out var bytes));
        Assert.Empty(bytes);
    }
}

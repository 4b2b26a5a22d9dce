using Turnstone.Credentials;

namespace Turnstone.Tests.Credentials;

public sealed class NameTextTests
{
    [Theory]
    [InlineData("ci", "ci")]
    [InlineData("  build server ", "build server")]
    [InlineData("<b>\"'&", "<b>\"'&")]
    [InlineData("Prüfstand №1 🚀", "Prüfstand №1 🚀")]
    public void A_line_of_text_is_a_name(string typed, string expected)
    {
        Assert.True(NameText.TryRead(typed, out var name));
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t ")]
    [InlineData("nul\0")]
    [InlineData("two\nlines")]
    [InlineData("two\u2028lines")]
    [InlineData("\u202Ebackwards")]
    [InlineData("un\u200Bseen")]
    [InlineData("not\uFFFDread")]
    public void What_a_store_cannot_write_or_a_reader_not_see_is_none(string? typed) =>
        Assert.False(NameText.TryRead(typed, out _));

    [Fact]
    public void Half_a_character_and_one_too_many_are_none()
    {
        Assert.False(NameText.TryRead("half" + '\uD83D', out _));
        Assert.True(NameText.TryRead(new string('n', NameText.Longest), out _));
        Assert.False(NameText.TryRead(new string('n', NameText.Longest + 1), out _));
    }
}

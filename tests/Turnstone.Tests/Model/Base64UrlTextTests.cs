using Turnstone.Model;

namespace Turnstone.Tests.Model;

public sealed class Base64UrlTextTests
{
    [Fact]
    public void Bytes_of_every_length_are_read_back()
    {
        for (var length = 0; length < 70; length++)
        {
            var bytes = RandomSource.System.Bytes(length);

            Assert.True(Base64UrlText.TryDecode(Base64UrlText.Encode(bytes), out var read));
            Assert.Equal(bytes, read);
        }
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("AA==")]
    [InlineData("AAA=")]
    [InlineData("AB")]
    [InlineData("AAB")]
    [InlineData("AA A")]
    [InlineData("AAAA\n")]
    [InlineData(" AAAA")]
    [InlineData("AA+A")]
    [InlineData("AA/A")]
    [InlineData("AA.A")]
    [InlineData("AAÄA")]
    [InlineData("A\0AA")]
    public void A_text_that_is_not_the_one_text_of_its_bytes_is_refused_and_nothing_is_thrown(string text)
    {
        Assert.False(Base64UrlText.TryDecode(text, out var bytes));
        Assert.Empty(bytes);
    }

    [Fact]
    public void Every_value_has_exactly_one_text()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var read = new HashSet<byte>();

        foreach (var first in alphabet)
        {
            foreach (var second in alphabet)
            {
                Assert.True(
                    !Base64UrlText.TryDecode($"{first}{second}", out var bytes) || read.Add(Assert.Single(bytes))
                );
            }
        }

        Assert.Equal(256, read.Count);
    }
}

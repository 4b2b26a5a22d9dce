using Turnstone.Credentials;

namespace Turnstone.Tests.Credentials;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("ada@example.test", "ADA@EXAMPLE.TEST")]
    [InlineData("  Ada.O'Hara+x@Example.test\t", "ADA.O'HARA+X@EXAMPLE.TEST")]
    [InlineData("jürgen@bücher.example", "JÜRGEN@BÜCHER.EXAMPLE")]
    [InlineData("root@localhost", "ROOT@LOCALHOST")]
    public void An_address_is_compared_trimmed_and_in_upper_case(string email, string expected)
    {
        Assert.True(EmailAddress.TryNormalize(email, out var normalized));
        Assert.Equal(expected, normalized);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("ada")]
    [InlineData("@example.test")]
    [InlineData("ada@")]
    [InlineData("ada@b@example.test")]
    [InlineData("a da@example.test")]
    [InlineData("ada\0@example.test")]
    [InlineData("ada@example.test\r\nBcc: x@y")]
    public void What_mail_cannot_carry_is_no_address(string? email) =>
        Assert.False(EmailAddress.TryNormalize(email, out _));

    [Fact]
    public void Half_a_character_is_no_address() =>
        Assert.False(EmailAddress.TryNormalize("ada\ud800@example.test", out _));

    [Fact]
    public void It_has_254_characters_at_most()
    {
        Assert.True(EmailAddress.TryNormalize("a@" + new string('b', 252), out _));
        Assert.False(EmailAddress.TryNormalize("a@" + new string('b', 253), out _));
        Assert.False(EmailAddress.TryNormalize(new string('a', 65) + "@example.test", out _));
    }
}

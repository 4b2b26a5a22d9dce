using System.Text.RegularExpressions;
using Turnstone.Credentials;
using Turnstone.Model;

namespace Turnstone.Tests.Credentials;

public sealed class SecretTextTests
{
    private static RandomSource Random => RandomSource.System;

    [Fact]
    public void Minted_texts_have_their_prefix_and_hold()
    {
        Assert.Matches("^tsk_[0-9A-Za-z]{39}$", ApiKeyText.Mint(Random));
        Assert.Matches("^tss_[0-9A-Za-z]{39}$", ClientSecretText.Mint(Random));
        Assert.Matches(new Regex("^tsc_[A-Za-z0-9._-]+$"), CodeText.Mint(Random));
        Assert.Matches("^[0-9a-f]{32}$", SubscriptionKeyText.Mint(Random));
        Assert.True(ApiKeyText.ChecksumHolds(ApiKeyText.Mint(Random)));
        Assert.True(ClientSecretText.ChecksumHolds(ClientSecretText.Mint(Random)));
        Assert.True(CodeText.ChecksumHolds(CodeText.Mint(Random)));
    }

    [Fact]
    public void No_two_are_alike() =>
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => ApiKeyText.Mint(Random)).Distinct().Count());

    [Fact]
    public void Any_one_wrong_character_is_caught()
    {
        var text = ApiKeyText.Mint(Random);
        for (var i = ApiKeyText.Prefix.Length; i < text.Length; i++)
        {
            foreach (var c in "0aZ9")
            {
                var typo = $"{text[..i]}{c}{text[(i + 1)..]}";
                Assert.Equal(typo == text, ApiKeyText.ChecksumHolds(typo));
                Assert.True(ApiKeyText.LooksOurs(typo));
            }
        }
    }

    [Fact]
    public void Two_characters_changed_about_are_caught()
    {
        var text = ApiKeyText.Mint(Random);
        for (var i = ApiKeyText.Prefix.Length; i < text.Length - 1; i++)
        {
            var swapped = $"{text[..i]}{text[i + 1]}{text[i]}{text[(i + 2)..]}";
            Assert.Equal(swapped == text, ApiKeyText.ChecksumHolds(swapped));
        }
    }

    [Fact]
    public void A_kind_under_the_prefix_of_another_does_not_hold() =>
        Assert.False(
            ClientSecretText.ChecksumHolds(
                ClientSecretText.Prefix + ApiKeyText.Mint(Random)[ApiKeyText.Prefix.Length..]
            )
        );

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tsk_")]
    [InlineData("tsk_short")]
    [InlineData("an imported key of another service that is long")]
    public void Other_texts_are_not_ours(string? text)
    {
        Assert.False(ApiKeyText.LooksOurs(text));
        Assert.False(ApiKeyText.ChecksumHolds(text));
    }

    /// <summary>The checksum is part of keys that are in customers' hands: it never changes.</summary>
    [Fact]
    public void The_form_of_a_key_stays_as_it_is() => Assert.Equal(FixedKey, ApiKeyText.Mint(new Counting()));

    private const string FixedKey = "tsk_0G7690CdRnwsrLgu1PZubdIDXao3R8U4148eq6x";

    private sealed class Counting : RandomSource
    {
        public override void Fill(Span<byte> bytes)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)(i + 1);
            }
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens.Keys;

/// <summary>
/// What a sealed box is made of. The boxes below are in databases and cookies: what opens them today must stay.
/// </summary>
public sealed class SealedBoxTests
{
    private const int TextAt = 26;

    /// <summary>Salted with the bytes 0 to 23, and computed by another program from the description.</summary>
    private const string Known = "YAIAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhfj4AoYbDQLotBgbAN6hY7Cxk5Pmdy0JwL7HK8oGg==";

    /// <summary>
    /// Made by the version before subkeys. The nonce of the second one begins with the byte that is the format of a box
    /// of today.
    /// </summary>
    public static TheoryData<string> FirstFormat =>
        [
            "YD5gfqLR1/Xa+SD7ZH1OMtPXQDBRZeE81y3dcPn6VftROxSHgJbkS6y/",
            "YALHmRI38RMIQO81Hhr3+AypuC3TrcfD+PTkah19Psh+WuLumRWDSLo4",
        ];

    private static readonly MasterKeyRing Ring = new(
        new MasterKey(Enumerable.Repeat((byte)1, MasterKey.Size).ToArray())
    );

    private static readonly byte[] Plain = Encoding.UTF8.GetBytes("a private key");

    [Fact]
    public void A_box_is_made_as_it_is_described()
    {
        Assert.Equal(Known, Convert.ToBase64String(Ring.Seal("purpose", Plain, new Counting())));
        Assert.Equal(Plain, Ring.Open("purpose", Convert.FromBase64String(Known)));
    }

    [Theory]
    [MemberData(nameof(FirstFormat))]
    public void A_box_of_the_first_format_is_opened_for_its_purpose(string stored)
    {
        var box = Convert.FromBase64String(stored);

        Assert.Equal(Plain, Ring.Open("purpose", box));
        Assert.ThrowsAny<CryptographicException>(() => Ring.Open("another", box));
    }

    [Theory]
    [InlineData(Known)]
    [MemberData(nameof(FirstFormat))]
    public void A_box_with_any_bit_changed_or_cut_anywhere_is_not_opened(string stored)
    {
        var box = Convert.FromBase64String(stored);
        for (var i = 0; i < box.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = box.ToArray();
                changed[i] ^= (byte)(1 << bit);
                Assert.ThrowsAny<CryptographicException>(() => Ring.Open("purpose", changed));
            }

            Assert.ThrowsAny<CryptographicException>(() => Ring.Open("purpose", box.AsSpan(0, i)));
        }
    }

    /// <summary>
    /// Under one key and nonce, two boxes of one text are equal, and those of two texts differ as the texts do.
    /// </summary>
    [Fact]
    public void Two_boxes_of_one_text_share_neither_salt_nor_text_nor_tag()
    {
        var plain = new byte[64];
        byte[] first = Ring.Seal("purpose", plain, RandomSource.System),
            second = Ring.Seal("purpose", plain, RandomSource.System);

        Assert.Equal(first[..2], second[..2]);
        for (var at = 2; at + 8 <= first.Length; at++)
        {
            Assert.Equal(-1, second.AsSpan(2).IndexOf(first.AsSpan(at, 8)));
        }
    }

    /// <summary>
    /// Every bit of the salt counts: if some did not, fewer boxes than told would have keys of their own.
    /// </summary>
    [Fact]
    public void Salts_that_differ_in_one_bit_give_other_keys()
    {
        var plain = new byte[32];
        var texts = new HashSet<string>();
        for (var bit = 0; bit < 192; bit++)
        {
            var box = Ring.Seal("purpose", plain, new OneBit(bit));
            Assert.True(texts.Add(Convert.ToHexString(box, TextAt, plain.Length)));
        }
    }

    [Fact]
    public void An_empty_text_is_sealed_and_opened() =>
        Assert.Empty(Ring.Open("purpose", Ring.Seal("purpose", [], RandomSource.System)));

    private sealed class Counting : RandomSource
    {
        public override void Fill(Span<byte> bytes)
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)i;
            }
        }
    }

    private sealed class OneBit(int bit) : RandomSource
    {
        public override void Fill(Span<byte> bytes)
        {
            bytes.Clear();
            bytes[bit / 8] = (byte)(1 << (bit % 8));
        }
    }
}

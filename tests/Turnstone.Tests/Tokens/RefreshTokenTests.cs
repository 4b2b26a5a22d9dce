using System.Security.Cryptography;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens;

public sealed class RefreshTokenTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly MasterKey Old = new(Enumerable.Repeat((byte)1, MasterKey.Size).ToArray());
    private static readonly MasterKey New = new(Enumerable.Repeat((byte)2, MasterKey.Size).ToArray());
    private static readonly MasterKeyRing Ring = new(New);

    private readonly RefreshToken token = new(SessionId.New(RandomSource.System, DateTimeOffset.UnixEpoch), 7);

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(256u)]
    [InlineData(uint.MaxValue)]
    public void A_token_is_read_back_as_it_was_written(uint generation)
    {
        var written = token with { Generation = generation };

        Assert.True(RefreshToken.TryRead(written.Write(Ring), Ring, out var read));
        Assert.Equal(written, read);
    }

    [Fact]
    public void A_token_is_66_characters_and_shows_what_it_is()
    {
        var text = token.Write(Ring);

        Assert.Equal(66, text.Length);
        Assert.Equal(RefreshToken.TextLength, text.Length);
        Assert.Matches("^tsr_[A-Za-z0-9_-]{62}$", text);
    }

    [Fact]
    public void The_same_token_is_always_the_same_text() =>
        Assert.Equal(token.Write(Ring), (token with { }).Write(new MasterKeyRing(New, Old)));

    [Fact]
    public void Every_session_and_generation_has_a_tag_of_its_own()
    {
        var tags = new[]
        {
            token,
            token with
            {
                Generation = 8,
            },
            token with
            {
                Session = SessionId.New(RandomSource.System, DateTimeOffset.UnixEpoch),
            },
        }.Select(one => one.Write(Ring)[^32..]);

        Assert.Equal(3, tags.Distinct().Count());
    }

    [Fact]
    public void A_character_changed_anywhere_is_refused()
    {
        var text = token.Write(Ring);

        for (var i = 0; i < text.Length; i++)
        {
            foreach (var other in Alphabet + "=. \0é")
            {
                if (other != text[i])
                {
                    Refuses($"{text[..i]}{other}{text[(i + 1)..]}");
                }
            }
        }
    }

    [Fact]
    public void A_token_of_another_length_is_refused()
    {
        var text = token.Write(Ring);

        for (var length = 0; length < text.Length; length++)
        {
            Refuses(text[..length]);
        }

        Refuses(text + "A");
        Refuses(text + "\n");
        Refuses(" " + text);
        Refuses(text + "==");
        Refuses(null);
    }

    [Fact]
    public void Base64url_that_is_not_canonical_is_refused()
    {
        // 46 bytes leave four unused bits in the last character: each text has fifteen twins that decode to the same
        // bytes.
        var text = token.Write(Ring);
        var last = Alphabet.IndexOf(text[^1], StringComparison.Ordinal);
        Assert.Equal(0, last % 16);

        for (var unused = 1; unused < 16; unused++)
        {
            Refuses(text[..^1] + Alphabet[last + unused]);
        }
    }

    [Fact]
    public void A_token_under_a_key_that_is_not_in_force_is_refused() => Refuses(token.Write(new MasterKeyRing(Old)));

    [Fact]
    public void A_token_under_the_previous_key_is_taken()
    {
        Assert.True(
            RefreshToken.TryRead(token.Write(new MasterKeyRing(Old)), new MasterKeyRing(New, Old), out var read)
        );
        Assert.Equal(token, read);
    }

    [Fact]
    public void A_token_that_names_another_key_in_force_is_refused()
    {
        Assert.True(Base64UrlText.TryDecode(token.Write(new MasterKeyRing(Old)).AsSpan(4), out var bytes));
        bytes[1] = New.Id;

        Assert.False(RefreshToken.TryRead("tsr_" + Base64UrlText.Encode(bytes), new MasterKeyRing(New, Old), out _));
    }

    [Fact]
    public void A_random_tag_is_refused()
    {
        Assert.True(Base64UrlText.TryDecode(token.Write(Ring).AsSpan(4), out var bytes));
        RandomNumberGenerator.Fill(bytes.AsSpan(22));

        Refuses("tsr_" + Base64UrlText.Encode(bytes));
    }

    [Fact]
    public void A_token_in_a_debugger_shows_no_tag() =>
        Assert.DoesNotContain(token.Write(Ring)[^20..], token.ToString(), StringComparison.Ordinal);

    private static void Refuses(string? text)
    {
        Assert.False(RefreshToken.TryRead(text, Ring, out var read));
        Assert.Null(read);
    }
}

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
        Assert.Matches("^tsr_[A-Za-z0-9_-]{62}$", text);
    }

    [Fact]
    public void A_token_with_an_origin_is_read_back_with_all_of_it_and_stays_under_512_characters()
    {
        foreach (var origin in Origins())
        {
            var text = (token with { Origin = origin }).Write(Ring);

            Assert.InRange(text.Length, 67, 512);
            Assert.True(RefreshToken.TryRead(text, Ring, out var read));
            Assert.Equal(origin, read.Origin);
            for (var length = 0; length < text.Length; length++)
            {
                Refuses(text[..length]);
            }

            for (var i = RefreshToken.Prefix.Length; i < text.Length; i++)
            {
                Refuses($"{text[..i]}{(text[i] == 'A' ? 'B' : 'A')}{text[(i + 1)..]}");
            }
        }
    }

    [Fact]
    public void An_API_keys_token_has_at_most_120_characters() =>
        Assert.InRange((token with { Origin = Origins()[0] }).Write(Ring).Length, 67, 120);

    [Fact]
    public void A_token_whose_origin_does_not_fit_goes_without()
    {
        var tooLong = Origins()[1] with { ClientId = new string('x', 400) };

        var text = (token with { Origin = tooLong }).Write(Ring);

        Assert.Equal(66, text.Length);
        Assert.True(RefreshToken.TryRead(text, Ring, out var read));
        Assert.Null(read.Origin);
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

    private static SessionOrigin[] Origins()
    {
        var issued = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
        var key = new SessionOrigin
        {
            Contract = "session-v3",
            ApiKeyId = RandomSource.System.NewId(issued),
            IssuedAt = issued,
            ExpiresAt = issued.AddHours(1),
            EndsAt = issued.AddHours(1),
            OpenedAfter = 1_790_000_000_000_000,
        };
        var client = key with
        {
            Contract = "oauth-v1:company",
            ApiKeyId = null,
            AccountId = RandomSource.System.NewId(issued),
            ClientId = new string('c', 64),
            Grant = "OnBehalf",
            DependsOn = SessionId.New(RandomSource.System, issued),
            Scopes = Scopes.Of(["individuals.read", "openid", "profile", "offline_access"]),
            ExpiresAt = issued.AddDays(400),
            EndsAt = issued.AddDays(3650),
        };
        return
        [
            key,
            client,
            key with
            {
                Contract = "auth",
                ApiKeyId = null,
                AccountId = RandomSource.System.NewId(issued),
                Grant = "Password",
                Subscription = (RandomSource.System.NewId(issued), SubscriptionKeySlot.Secondary),
                ProductId = RandomSource.System.NewId(issued),
                Scopes = Scopes.None,
                EndsAt = null,
                OpenedAfter = 0,
            },
        ];
    }

    private static void Refuses(string? text)
    {
        Assert.False(RefreshToken.TryRead(text, Ring, out var read));
        Assert.Null(read);
    }
}

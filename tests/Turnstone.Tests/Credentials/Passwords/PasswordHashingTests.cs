using Turnstone.Credentials.Passwords;
using Turnstone.Model;

namespace Turnstone.Tests.Credentials.Passwords;

public sealed class PasswordHashingTests
{
    private static readonly Argon2Cost Cheap = new(64, 1, 1);

    /// <summary>
    /// PBKDF2-HMAC-SHA-512 of "password" with the salt "saltsalt" and 1000 rounds, by Python's hashlib.
    /// </summary>
    private const string Pbkdf2 =
        "$pbkdf2-sha512$i=1000$c2FsdHNhbHQ"
        + "$Q6v4xwJ8a9nWPp2BeEoAYYhHSo2xRmPWART17vTpSxt2q6iNp7BOozW557qqa95eNjUO4gKs0CyvJbYGGku1tA";

    private readonly PasswordHashing argon2 = new(RandomSource.System, Argon2id.Load(Cheap));
    private readonly PasswordHashing secondChoice = new(RandomSource.System, Argon2id.LoadSecondChoice(Cheap));

    [Fact]
    public void A_new_hash_says_how_it_was_made()
    {
        foreach (var argon in new[] { Argon2id.Load(), Argon2id.LoadSecondChoice() })
        {
            Assert.StartsWith(
                "$argon2id$v=19$m=19456,t=2,p=1$",
                new PasswordHashing(RandomSource.System, argon).Hash("correct horse"),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void A_hash_is_verified_by_its_password_alone()
    {
        foreach (var hashing in new[] { argon2, secondChoice })
        {
            var hash = hashing.Hash("correct horse");

            Assert.Equal(new PasswordVerdict(true, false), hashing.Verify(hash, "correct horse"));
            Assert.Equal(new PasswordVerdict(false, false), hashing.Verify(hash, "correct horsf"));
            Assert.NotEqual(hash, hashing.Hash("correct horse"));
        }
    }

    [Fact]
    public void Without_the_library_it_says_so()
    {
        Assert.True(secondChoice.UsesSecondChoice);
        Assert.False(argon2.UsesSecondChoice);
    }

    /// <summary>Nothing is hashed with PBKDF2 any more; what was is verified, and made anew.</summary>
    [Fact]
    public void A_hash_of_PBKDF2_is_verified_and_made_anew()
    {
        foreach (var hashing in new[] { argon2, secondChoice })
        {
            Assert.Equal(new PasswordVerdict(true, true), hashing.Verify(Pbkdf2, "password"));
            Assert.Equal(new PasswordVerdict(false, false), hashing.Verify(Pbkdf2, "Password"));
        }
    }

    [Fact]
    public void A_hash_of_other_costs_is_verified_and_made_anew()
    {
        var dearer = new PasswordHashing(RandomSource.System, Argon2id.Load(Cheap with { Passes = 2 }));

        Assert.Equal(new PasswordVerdict(true, true), argon2.Verify(dearer.Hash("correct horse"), "correct horse"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text")]
    [InlineData("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ")]
    [InlineData("$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("$argon2id$v=19$m=64,t=99999,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf6=")]
    [InlineData("$argon2id$v=19$m=64,t=1,p=1$$")]
    [InlineData("$pbkdf2-sha512$i=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("$pbkdf2-sha512$i=-1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    public void A_damaged_or_boundless_string_is_a_wrong_password(string stored)
    {
        Assert.False(argon2.Verify(stored, "password").Matches);
        Assert.False(secondChoice.Verify(stored, "password").Matches);
    }

    [Fact]
    public void What_cannot_be_a_password_is_neither_hashed_nor_verified()
    {
        var hash = argon2.Hash("correct horse");
        foreach (var text in new[] { "", new string('x', 1025), new string('€', 342), "lone \ud800" })
        {
            Assert.False(PasswordText.IsAcceptable(text));
            Assert.Throws<ArgumentException>(() => argon2.Hash(text));
            Assert.False(argon2.Verify(hash, text).Matches);
        }

        Assert.True(PasswordText.IsAcceptable(new string('x', 1024)));
    }

    [Fact]
    public void A_password_is_its_bytes_and_is_not_normalised()
    {
        var hash = argon2.Hash("caf\u00e9");

        Assert.True(argon2.Verify(hash, "caf\u00e9").Matches);
        Assert.False(argon2.Verify(hash, "cafe\u0301").Matches);
    }
}

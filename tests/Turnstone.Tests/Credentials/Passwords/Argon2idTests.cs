using System.Security.Cryptography;
using System.Text;
using Turnstone.Credentials.Passwords;
using Turnstone.Model;

namespace Turnstone.Tests.Credentials.Passwords;

public sealed class Argon2idTests
{
    private static readonly Argon2id Argon2 = Argon2id.Load();
    private static readonly Argon2id SecondChoice = Argon2id.LoadSecondChoice();

    [Fact]
    public void The_systems_library_is_the_first_choice()
    {
        Assert.False(Argon2.IsSecondChoice, "Install libargon2-1.");
        Assert.True(SecondChoice.IsSecondChoice);
    }

    /// <summary>
    /// What one node has hashed every other verifies, whether it has libargon2 or not: Windows, macOS and Linux.
    /// </summary>
    [Theory]
    [InlineData(8u, 1u)]
    [InlineData(64u, 1u)]
    [InlineData(19_456u, 2u)]
    public void Both_libraries_give_the_same_bytes(uint memory, uint passes)
    {
        var (password, salt) = (Encoding.UTF8.GetBytes("correct horse"), RandomSource.System.Bytes(16));
        var cost = new Argon2Cost(memory, passes, 1);

        Assert.Equal(Argon2.Derive(password, salt, cost, 32), SecondChoice.Derive(password, salt, cost, 32));
    }

    [Fact]
    public void A_hash_of_either_library_is_verified_by_the_other_and_is_not_made_anew()
    {
        PasswordHashing[] both =
        [
            new(RandomSource.System, Argon2id.Load(new Argon2Cost(64, 1, 1))),
            new(RandomSource.System, Argon2id.LoadSecondChoice(new Argon2Cost(64, 1, 1))),
        ];
        foreach (var (maker, verifier) in both.Zip(both.Reverse()))
        {
            var hash = maker.Hash("correct horse");

            Assert.Equal(new PasswordVerdict(true, false), verifier.Verify(hash, "correct horse"));
            Assert.False(verifier.Verify(hash, "correct horsf").Matches);
        }
    }

    /// <summary>libsodium knows one lane and 16 bytes of salt: a string of another program may have others.</summary>
    [Theory]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc")]
    public void What_the_second_choice_cannot_compute_is_a_wrong_password(string stored)
    {
        Assert.True(new PasswordHashing(RandomSource.System, Argon2).Verify(stored, "password").Matches);
        Assert.False(new PasswordHashing(RandomSource.System, SecondChoice).Verify(stored, "password").Matches);
    }

    [Theory]
    [InlineData(8, 1u)]
    [InlineData(17, 1u)]
    [InlineData(16, 2u)]
    public void The_second_choice_is_never_given_what_it_would_read_as_something_else(int salt, uint lanes) =>
        Assert.Throws<CryptographicException>(() => SecondChoice.Derive("x"u8, new byte[salt], new(64, 1, lanes), 32));

    [Fact]
    public void Without_either_library_the_message_names_the_package() =>
        Assert.Contains(
            "libargon2-1",
            Assert.Throws<DllNotFoundException>(() => Argon2id.FirstOf(() => null, () => null)).Message,
            StringComparison.Ordinal
        );

    /// <summary>The vectors of the reference implementation's own test program (Argon2id, version 19).</summary>
    [Theory]
    [InlineData(
        "password",
        "somesalt",
        1u << 16,
        2u,
        1u,
        "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
    )]
    [InlineData(
        "password",
        "somesalt",
        1u << 8,
        2u,
        1u,
        "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"
    )]
    [InlineData(
        "password",
        "somesalt",
        1u << 8,
        2u,
        2u,
        "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"
    )]
    [InlineData(
        "password",
        "somesalt",
        1u << 16,
        1u,
        1u,
        "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"
    )]
    [InlineData(
        "differentpassword",
        "somesalt",
        1u << 16,
        2u,
        1u,
        "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde"
    )]
    [InlineData(
        "password",
        "diffsalt",
        1u << 16,
        2u,
        1u,
        "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"
    )]
    public void It_gives_the_known_answers(
        string password,
        string salt,
        uint memory,
        uint passes,
        uint lanes,
        string expected
    )
    {
        var hash = Argon2.Derive(
            Encoding.UTF8.GetBytes(password),
            Encoding.UTF8.GetBytes(salt),
            new Argon2Cost(memory, passes, lanes),
            32
        );

        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void A_string_of_the_reference_program_is_verified()
    {
        var hashing = new PasswordHashing(RandomSource.System, Argon2);
        const string Known = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

        Assert.Equal(new PasswordVerdict(true, true), hashing.Verify(Known, "password"));
        Assert.False(hashing.Verify(Known, "Password").Matches);
    }
}

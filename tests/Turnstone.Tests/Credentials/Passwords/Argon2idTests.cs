using System.Text;
using Turnstone.Credentials.Passwords;
using Turnstone.Model;

namespace Turnstone.Tests.Credentials.Passwords;

public sealed class Argon2idTests
{
    private static readonly Argon2id Argon2 =
        Argon2id.Load() ?? throw new InvalidOperationException("Install libargon2-1.");

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

        Assert.Equal(new PasswordVerdict(Matches: true, NeedsRehash: true), hashing.Verify(Known, "password"));
        Assert.False(hashing.Verify(Known, "Password").Matches);
    }
}

using System.Security.Cryptography;
using System.Text;
using Turnstone.Credentials;
using Turnstone.Model;

namespace Turnstone.Tests.Credentials;

public sealed class PkceTests
{
    /// <summary>RFC 7636, appendix B.</summary>
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    public void The_vector_of_the_standard_matches() => Assert.True(Pkce.Matches(Challenge, Verifier));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX")]
    [InlineData(Challenge)]
    public void Another_verifier_does_not(string? verifier) => Assert.False(Pkce.Matches(Challenge, verifier));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(Verifier)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN")]
    public void Another_challenge_does_not(string? challenge) => Assert.False(Pkce.Matches(challenge, Verifier));

    /// <summary>Though the challenge was made from it: too short a verifier can be guessed.</summary>
    [Theory]
    [InlineData(42, false)]
    [InlineData(43, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_verifier_has_43_to_128_characters(int length, bool good) =>
        Assert.Equal(good, MatchesItsOwn(new string('~', length)));

    [Theory]
    [InlineData('+')]
    [InlineData(' ')]
    [InlineData('=')]
    [InlineData('\u00e9')]
    public void A_verifier_has_unreserved_characters_only(char c) =>
        Assert.False(MatchesItsOwn(new string('a', 50) + c));

    private static bool MatchesItsOwn(string verifier) =>
        Pkce.Matches(Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), verifier);
}

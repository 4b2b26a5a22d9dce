using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Turnstone.Model;
using Turnstone.Sessions;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tests.Tokens;

/// <summary>The tokens held against the library that most .NET services verify with.</summary>
public sealed class IdentityModelTests
{
    [Theory]
    [InlineData(SigningAlgorithm.ES256)]
    [InlineData(SigningAlgorithm.RS256)]
    public async Task It_takes_our_tokens_by_our_JWKS(SigningAlgorithm algorithm)
    {
        var bench = await TokenBench.StartAsync();

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(bench.Write(algorithm), Parameters(bench));

        Assert.True(result.IsValid, result.Exception?.Message);
        var jwt = Assert.IsType<JsonWebToken>(result.SecurityToken);
        Assert.Equal("ada", jwt.Subject);
        Assert.Equal(algorithm.ToString(), jwt.Alg);
    }

    [Theory]
    [InlineData(SigningAlgorithm.ES256)]
    [InlineData(SigningAlgorithm.RS256)]
    public async Task It_refuses_them_when_they_were_changed(SigningAlgorithm algorithm)
    {
        var bench = await TokenBench.StartAsync();
        var token = bench.Write(algorithm);
        var changed = token[..^20] + (token[^20] == 'A' ? 'B' : 'A') + token[^19..];

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(changed, Parameters(bench));

        Assert.IsType<SecurityTokenInvalidSignatureException>(result.Exception);
    }

    [Theory]
    [InlineData(SigningAlgorithm.ES256)]
    [InlineData(SigningAlgorithm.RS256)]
    public async Task We_take_what_it_signs_with_our_key(SigningAlgorithm algorithm)
    {
        var bench = await TokenBench.StartAsync();
        using AsymmetricAlgorithm key = algorithm is SigningAlgorithm.ES256 ? ECDsa.Create() : RSA.Create();
        key.ImportPkcs8PrivateKey(bench.PrivateKey(algorithm), out _);
        SecurityKey signs = key is ECDsa ec ? new ECDsaSecurityKey(ec) : new RsaSecurityKey((RSA)key);
        signs.KeyId = bench.Kid(algorithm);
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            bench.Payload().ToJsonString(),
            new SigningCredentials(signs, algorithm.ToString())
        );

        Assert.Equal(bench.Session, bench.Takes(token).SessionId);
    }

    private static TokenValidationParameters Parameters(TokenBench bench) =>
        new()
        {
            ValidIssuer = TokenBench.Issuer.Issuer,
            ValidAudience = TokenBench.Issuer.Audience,
            IssuerSigningKeys = new JsonWebKeySet(
                Encoding.UTF8.GetString(new JsonWebKeys(bench.Ring).Document.Span)
            ).GetSigningKeys(),
            LifetimeValidator = (_, expires, _, _) => expires > bench.Time.Now.UtcDateTime,
        };
}

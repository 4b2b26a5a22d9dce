using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Micro;

/// <summary>
/// The same claims written and read by the stock library, against which <see cref="AccessTokenCases"/> is judged
/// (docs/adr/0004). It remembers no token, so it has no cached reading.
/// </summary>
public class StockTokenCases
{
    private const int Different = 2048;
    private const string Issuer = "https://tokens.example.test";
    private const string Audience = "https://api.example.test";

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private SecurityTokenDescriptor token = null!;
    private TokenValidationParameters rules = null!;
    private string[] tokens = [];
    private int next;

    [Params(SigningAlgorithm.ES256, SigningAlgorithm.RS256)]
    public SigningAlgorithm Algorithm { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        SecurityKey key =
            Algorithm is SigningAlgorithm.ES256
                ? new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "stock" }
                : new RsaSecurityKey(RSA.Create(2048)) { KeyId = "stock" };
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddHours(12),
            SigningCredentials = new SigningCredentials(key, Algorithm.ToString()),
            Claims = Claims("vS0kF3m1pL8Qz0c5y2Jt7A"),
        };
        rules = new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            IssuerSigningKey = key,
            ValidAlgorithms = [Algorithm.ToString()],
        };
        tokens =
        [
            .. Enumerable
                .Range(0, Different)
                .Select(number =>
                {
                    token.Claims = Claims($"vS0kF3m1pL8Qz0c5y2Jt7A{number}");
                    return handler.CreateToken(token);
                }),
        ];
        if (!VerifyCold().IsValid)
        {
            throw new InvalidOperationException("The token to read is refused.");
        }
    }

    [Benchmark]
    public string Write() => handler.CreateToken(token);

    // Not as a task: BenchmarkDotNet does not wait for those when it works in this process.
    [Benchmark]
    public TokenValidationResult VerifyCold() =>
        handler.ValidateTokenAsync(tokens[next++ % Different], rules).GetAwaiter().GetResult();

    private static Dictionary<string, object> Claims(string id) =>
        new()
        {
            ["sub"] = "0197f3a2-5e0b-7c11-9d58-8f0f5f4a6f10",
            ["client_id"] = "shop",
            ["jti"] = id,
            ["sid"] = Base64UrlText.Encode(RandomSource.System.Bytes(16)),
            ["scope"] = "individuals.read profile",
        };
}

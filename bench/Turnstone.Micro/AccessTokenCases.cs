using BenchmarkDotNet.Attributes;
using Turnstone.Model;
using Turnstone.Tokens;

namespace Turnstone.Micro;

/// <summary>
/// Writing and reading JWTs, by both algorithms. A cold reading meets its token for the first time, a cached one has
/// proven it before.
/// </summary>
public class AccessTokenCases
{
    private const int Different = 2048;

    private CoreFixture workshop = null!;
    private AccessTokenClaims claims = null!;
    private AccessTokenReader forgetful = null!;
    private AccessTokenReader reader = null!;
    private string[] tokens = [];
    private int next;

    [Params(SigningAlgorithm.ES256, SigningAlgorithm.RS256)]
    public SigningAlgorithm Algorithm { get; set; }

    // Not as tasks: BenchmarkDotNet does not wait for those when it works in this process.
    [GlobalSetup]
    public void SetUp() => SetUpAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void CleanUp() => workshop.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public string Write() => workshop.Writer.Write(claims, Algorithm, "JWT");

    [Benchmark]
    public AccessTokenReading VerifyCold() => forgetful.Read(tokens[next++ % Different]);

    [Benchmark]
    public AccessTokenReading VerifyCached() => reader.Read(tokens[0]);

    private async Task SetUpAsync()
    {
        workshop = await CoreFixture.OpenAsync();
        await workshop.LoadAsync();
        var now = TimeProvider.System.GetUtcNow();
        claims = new AccessTokenClaims
        {
            Subject = "0197f3a2-5e0b-7c11-9d58-8f0f5f4a6f10",
            Audience = workshop.Issuer.Audience,
            ClientId = "shop",
            IssuedAt = now,
            ExpiresAt = now.AddHours(12),
            TokenId = "vS0kF3m1pL8Qz0c5y2Jt7A",
            SessionId = SessionId.New(RandomSource.System, now),
            Scopes = Scopes.Of(["individuals.read", "profile"]),
        };
        tokens =
        [
            .. Enumerable
                .Range(0, Different)
                .Select(number =>
                    workshop.Writer.Write(claims with { TokenId = $"{claims.TokenId}{number}" }, Algorithm, "JWT")
                ),
        ];

        // It remembers a quarter of them, so that none is known when it comes round again. Fewer would be dearer: a
        // new memory for every other token is no part of reading one.
        forgetful = workshop.NewReader(remembered: Different / 4);
        reader = workshop.NewReader(remembered: Different);
        Require(VerifyCold());
        Require(VerifyCached());
    }

    private static void Require(AccessTokenReading reading)
    {
        if (reading.Fault is { } fault)
        {
            throw new InvalidOperationException($"The token to read is refused: {fault}.");
        }
    }
}

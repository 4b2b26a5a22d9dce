using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Turnstone.Model;

namespace Turnstone.Micro;

/// <summary>
/// An ES256 token that was seen before, at the guard of an API: the library's against ASP.NET Core's own check alone,
/// and against a scheme that does nothing, which shows what ASP.NET Core itself allocates.
/// </summary>
public class GuardCases
{
    private const string Issuer = "https://tokens.example.test";
    private const string Audience = "https://api.example.test";
    private const string Stock = "stock";
    private const string Nothing = "nothing";

    private ServiceProvider services = null!;
    private string header = "";

    [GlobalSetup]
    public void SetUp()
    {
        var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = new ECDsaSecurityKey(pair) { KeyId = "one" };
        header = $"Bearer {TokenOf(key)}";
        var all = new ServiceCollection().AddLogging();
        all.AddAuthentication()
            .AddTurnstone(
                Issuer,
                options => (options.Audience, options.Handler) = (Audience, new Published(pair.ExportParameters(false)))
            )
            .AddJwtBearer(
                Stock,
                options =>
                {
                    options.MapInboundClaims = false;
                    options.TokenValidationParameters.ValidIssuer = Issuer;
                    options.TokenValidationParameters.ValidAudience = Audience;
                    options.TokenValidationParameters.IssuerSigningKey = key;
                }
            )
            .AddScheme<AuthenticationSchemeOptions, DoesNothing>(Nothing, null);
        services = all.BuildServiceProvider();
        foreach (var scheme in (string[])[Stock, Nothing, TurnstoneAuthentication.DefaultScheme])
        {
            if (!Read(scheme).Succeeded)
            {
                throw new InvalidOperationException($"The token to read is refused by {scheme}.");
            }
        }
    }

    [Benchmark(Baseline = true)]
    public AuthenticateResult JwtBearerAlone() => Read(Stock);

    [Benchmark]
    public AuthenticateResult Guard() => Read(TurnstoneAuthentication.DefaultScheme);

    [Benchmark]
    public AuthenticateResult AspNetCoreItself() => Read(Nothing);

    // Not as a task: BenchmarkDotNet does not wait for those when it works in this process.
    private AuthenticateResult Read(string scheme)
    {
        using var scope = services.CreateScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Headers.Authorization = header;
        return context.AuthenticateAsync(scheme).GetAwaiter().GetResult();
    }

    private static string TokenOf(ECDsaSecurityKey key)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = Audience,
                IssuedAt = now,
                NotBefore = now,
                Expires = now.AddHours(12),
                SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = "0197f3a2-5e0b-7c11-9d58-8f0f5f4a6f10",
                    ["client_id"] = "shop",
                    ["jti"] = Base64UrlText.Encode(RandomSource.System.Bytes(16)),
                    ["sid"] = Base64UrlText.Encode(RandomSource.System.Bytes(16)),
                    ["scope"] = "individuals.read profile",
                    ["opened_after"] = 0L,
                },
            }
        );
    }

    /// <summary>The issuer's metadata and keys.</summary>
    private sealed class Published(ECParameters key) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var (x, y) = (Base64UrlText.Encode(key.Q.X), Base64UrlText.Encode(key.Q.Y));
            var text = request.RequestUri!.AbsolutePath.EndsWith("jwks.json", StringComparison.Ordinal)
                ? $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"one","x":"{{x}}","y":"{{y}}"}]}"""
                : $$"""{"issuer":"{{Issuer}}","jwks_uri":"{{Issuer}}/jwks.json"}""";
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent(text) });
        }
    }

    private sealed class DoesNothing(
        Microsoft.Extensions.Options.IOptionsMonitor<AuthenticationSchemeOptions> options,
        Microsoft.Extensions.Logging.ILoggerFactory logger,
        System.Text.Encodings.Web.UrlEncoder encoder
    ) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        private static readonly Task<AuthenticateResult> Known = Task.FromResult(
            AuthenticateResult.Success(new(new System.Security.Claims.ClaimsPrincipal(), Nothing))
        );

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Known;
    }
}

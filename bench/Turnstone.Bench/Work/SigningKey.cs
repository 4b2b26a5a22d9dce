using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Model;

namespace Turnstone.Bench.Work;

/// <summary>The P-256 key of the clients that sign: their assertions and DPoP proofs.</summary>
internal static class SigningKey
{
    private const int Verifications = 4_000;

    private static readonly ECParameters Parameters = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportParameters(true);

    /// <summary>The public half.</summary>
    public static JsonObject Jwk =>
        new()
        {
            ["crv"] = "P-256",
            ["kty"] = "EC",
            ["x"] = Base64UrlText.Encode(Parameters.Q.X!),
            ["y"] = Base64UrlText.Encode(Parameters.Q.Y!),
        };

    /// <summary>RFC 7638: the members in the order of the alphabet, without spaces.</summary>
    public static string Thumbprint =>
        Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Jwk.ToJsonString())));

    /// <summary>What makes assertions of a client (RFC 7523), each new.</summary>
    public static Func<Task<byte[]>> Assertions(string client, string audience)
    {
        var key = ECDsa.Create(Parameters);
        var head = Part("""{"alg":"ES256"}""");
        return () =>
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            var whose = $"\"iss\":\"{client}\",\"sub\":\"{client}\",\"aud\":\"{audience}\"";
            return Signed(key, head, $$"""{{{whose}},"iat":{{now}},"exp":{{now + 240}},"jti":"{{Id()}}"}""");
        };
    }

    /// <summary>What makes proofs for a POST to an address (RFC 9449), each new.</summary>
    public static Func<Task<byte[]>> Proofs(string address)
    {
        var key = ECDsa.Create(Parameters);
        var head = Part($$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{Jwk.ToJsonString()}}}""");
        return () =>
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            return Signed(key, head, $$"""{"jti":"{{Id()}}","htm":"POST","htu":"{{address}}","iat":{{now}}}""");
        };
    }

    /// <summary>What one verification of such a signature costs on this machine, in microseconds of CPU.</summary>
    public static double VerificationMicroseconds()
    {
        using var key = ECDsa.Create(Parameters);
        var hash = RandomNumberGenerator.GetBytes(32);
        var signature = key.SignHash(hash);
        for (var i = 0; i < Verifications / 4; i++)
        {
            _ = key.VerifyHash(hash, signature);
        }

        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Verifications; i++)
        {
            _ = key.VerifyHash(hash, signature);
        }

        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / Verifications;
    }

    private static Task<byte[]> Signed(ECDsa key, string head, string claims)
    {
        var text = $"{head}.{Part(claims)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
        return Task.FromResult(Encoding.ASCII.GetBytes($"{text}.{Base64UrlText.Encode(signature)}"));
    }

    private static string Part(string json) => Base64UrlText.Encode(Encoding.UTF8.GetBytes(json));

    private static string Id() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Turnstone.Client;

/// <summary>A key that tokens are bound to (RFC 9449), and the proofs that it signs.</summary>
internal sealed class ProofKey
{
    private readonly ECDsa pair;
    private readonly byte[] header;
    private readonly Lock signing = new();

    /// <param name="pair">On the curve P-256. It is not disposed.</param>
    public ProofKey(ECDsa pair)
    {
        var curve = pair.ExportParameters(includePrivateParameters: false);
        if (pair.KeySize != 256 || curve.Q is not { X: { } x, Y: { } y })
        {
            throw new ArgumentException("The key of proofs is one of the curve P-256.", nameof(pair));
        }

        (this.pair, header) = (pair, Header(x, y));
    }

    /// <summary>A new one, as <see cref="Read"/> takes it.</summary>
    public static string New()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(pair.ExportPkcs8PrivateKey());
    }

    /// <summary>One that was stored.</summary>
    public static ProofKey Read(string stored)
    {
        var pair = ECDsa.Create();
        try
        {
            pair.ImportPkcs8PrivateKey(Convert.FromBase64String(stored), out _);
            return new ProofKey(pair);
        }
        catch (Exception reason) when (reason is FormatException or CryptographicException or ArgumentException)
        {
            pair.Dispose();
            throw new SessionStoreException("store_damaged");
        }
    }

    /// <summary>A proof for one request, without the query of its address (RFC 9449 §4.2).</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="address">The request's address.</param>
    /// <param name="now">By the server's clock, in seconds since 1970.</param>
    /// <param name="nonce">What the server wants in it; null for nothing.</param>
    /// <param name="token">The access token that is sent with it; null for none.</param>
    public string Proof(HttpMethod method, Uri address, double now, string? nonce, string? token)
    {
        var text = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(Json(Claims))}";
        byte[] signature;
        lock (signing)
        {
            signature = pair.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
        }

        return $"{text}.{Base64Url.EncodeToString(signature)}";

        void Claims(Utf8JsonWriter json)
        {
            json.WriteString("jti", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
            json.WriteString("htm", method.Method);
            json.WriteString("htu", address.GetLeftPart(UriPartial.Path));
            json.WriteNumber("iat", (long)now);
            if (nonce is not null)
            {
                json.WriteString("nonce", nonce);
            }

            if (token is not null)
            {
                json.WriteString(
                    "ath",
                    Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)))
                );
            }
        }
    }

    public override string ToString() => "ProofKey (redacted)";

    private static byte[] Header(byte[] x, byte[] y) =>
        Json(json =>
        {
            json.WriteString("typ", "dpop+jwt");
            json.WriteString("alg", "ES256");
            json.WriteStartObject("jwk");
            json.WriteString("kty", "EC");
            json.WriteString("crv", "P-256");
            json.WriteString("x", Base64Url.EncodeToString(x));
            json.WriteString("y", Base64Url.EncodeToString(y));
            json.WriteEndObject();
        });

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}

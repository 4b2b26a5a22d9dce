using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Turnstone.Cli.Issuer;

/// <summary>A JSON Web Token (RFC 7519), taken apart and not yet believed.</summary>
internal sealed record Jwt(JsonElement Header, JsonElement Claims, byte[] Signed, byte[] Signature)
{
    private const int Longest = 64 * 1024;

    public string? Algorithm => Answers.Text(Header, "alg");

    public string? KeyId => Answers.Text(Header, "kid");

    public string? Issuer => Answers.Text(Claims, "iss");

    public DateTimeOffset? ExpiresAt => Answers.Time(Claims, "exp");

    public DateTimeOffset? IssuedAt => Answers.Time(Claims, "iat");

    /// <summary>Null for a text that is none.</summary>
    public static Jwt? Read(string text)
    {
        if (text.Length > Longest || text.Split('.') is not [var header, var claims, var signature])
        {
            return null;
        }

        try
        {
            var read = new Jwt(
                Json(header),
                Json(claims),
                Encoding.ASCII.GetBytes($"{header}.{claims}"),
                Bytes(signature)
            );
            return read is { Header.ValueKind: JsonValueKind.Object, Claims.ValueKind: JsonValueKind.Object }
                ? read
                : null;
        }
        catch (Exception reason) when (reason is FormatException or JsonException)
        {
            return null;
        }
    }

    public override string ToString() => "Jwt (redacted)";

    private static JsonElement Json(string part)
    {
        using var document = JsonDocument.Parse(Bytes(part));
        return document.RootElement.Clone();
    }

    private static byte[] Bytes(string part) => Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(part));
}

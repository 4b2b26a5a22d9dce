using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Turnstone.Bench.Floor;

/// <summary>
/// What the machine can do at all: Kestrel with one handler that parses the same JSON body, signs the same claims with
/// ES256 and answers the same bytes as a refresh does. No routing, no checks, no storage. At /rs256 it signs with
/// RS256, and at /unsigned it does all of that but the signature.
/// </summary>
internal static class FloorServer
{
    private static readonly ThreadLocal<ECDsa> Keys = new(() => ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private static readonly RSAParameters RsaKey = NewRsaKey();
    private static readonly ThreadLocal<RSA> RsaKeys = new(() => RSA.Create(RsaKey));
    private static readonly byte[] Header = HeaderOf("ES256");
    private static readonly byte[] RsaHeader = HeaderOf("RS256");
    private static readonly string Refresh = "tsr_" + new string('A', 62);
    private static readonly JsonWriterOptions Unvalidated = new() { SkipValidation = true };

    [ThreadStatic]
    private static Bench? bench;

    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        await using var app = builder.Build();
        app.Run(HandleAsync);
        await app.RunAsync();
    }

    private static async Task HandleAsync(HttpContext context)
    {
        if (!await HasTokenAsync(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var response = context.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        var answer = (bench ??= new Bench()).Answer(context.Request.Path.Value);
        response.ContentLength = answer.Length;
        answer.Span.CopyTo(response.BodyWriter.GetSpan(answer.Length));
        response.BodyWriter.Advance(answer.Length);
    }

    private static RSAParameters NewRsaKey()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportParameters(includePrivateParameters: true);
    }

    private static byte[] HeaderOf(string algorithm) =>
        Encoding.ASCII.GetBytes(
            Base64Url.EncodeToString(
                Encoding.ASCII.GetBytes($$"""{"typ":"JWT","alg":"{{algorithm}}","kid":"0123456789abcdef"}""")
            ) + "."
        );

    private static async ValueTask<bool> HasTokenAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            if (read.IsCompleted || read.Buffer.Length >= request.ContentLength)
            {
                var found = !read.Buffer.IsEmpty && Parse(read.Buffer);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return found;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool Parse(in ReadOnlySequence<byte> body)
    {
        var json = new Utf8JsonReader(body);
        var found = false;
        while (json.Read())
        {
            found |= json.TokenType is JsonTokenType.String && json.GetString() is { Length: > 0 };
        }

        return found;
    }

    /// <summary>A thread's buffers and writers.</summary>
    private sealed class Bench
    {
        private readonly ArrayBufferWriter<byte> payload = new(512);
        private readonly ArrayBufferWriter<byte> body = new(2048);
        private readonly byte[] token = new byte[2048];
        private readonly Utf8JsonWriter json;

        public Bench() => json = new Utf8JsonWriter(payload, Unvalidated);

        public ReadOnlyMemory<byte> Answer(string? path)
        {
            var now = TimeProvider.System.GetUtcNow();
            WritePayload(now);
            var length = Sign(path);
            body.ResetWrittenCount();
            json.Reset(body);
            json.WriteStartObject();
            json.WriteStartObject("authorization"u8);
            json.WriteString("token"u8, token.AsSpan(0, length));
            json.WriteString("type"u8, "Bearer"u8);
            WriteEnd(now.AddHours(12), 43200);
            json.WriteNumber("not_before"u8, now.ToUnixTimeSeconds());
            json.WriteString("note"u8, "Send this token as the Bearer token of each API call until it expires."u8);
            json.WriteEndObject();
            json.WriteStartObject("refresh"u8);
            json.WriteString("token"u8, Refresh);
            WriteEnd(now.AddDays(14), 1209600);
            json.WriteString(
                "note"u8,
                "Keep this token safe: it gets the next pair and then ends, "u8
                    + "so always keep the last refresh token you were given."u8
            );
            json.WriteEndObject();
            json.WriteEndObject();
            json.Flush();
            return body.WrittenMemory;
        }

        private void WriteEnd(DateTimeOffset end, int seconds)
        {
            json.WriteNumber("expires_in"u8, seconds);
            json.WriteString("expires_at"u8, end.UtcDateTime.ToString("s"));
        }

        private void WritePayload(DateTimeOffset now)
        {
            payload.ResetWrittenCount();
            json.Reset(payload);
            json.WriteStartObject();
            json.WriteString("iss"u8, "https://id.example.test"u8);
            json.WriteString("sub"u8, "01993d2e-0000-7000-8000-000000000000"u8);
            json.WriteString("aud"u8, "https://id.example.test"u8);
            json.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, now.ToUnixTimeSeconds() + 43200);
            json.WriteString("jti"u8, "0123456789abcdefABCDEF"u8);
            json.WriteString("sid"u8, "0123456789abcdefABCDEF"u8);
            json.WriteString("scope"u8, ""u8);
            json.WriteEndObject();
            json.Flush();
        }

        private int Sign(string? path)
        {
            var header = path is "/rs256" ? RsaHeader : Header;
            header.CopyTo(token.AsSpan());
            var signed = header.Length + Base64Url.EncodeToUtf8(payload.WrittenSpan, token.AsSpan(header.Length));
            Span<byte> signature = stackalloc byte[path is "/rs256" ? 256 : 64];
            if (path is "/rs256")
            {
                RsaKeys.Value!.SignData(
                    token.AsSpan(0, signed),
                    signature,
                    HashAlgorithmName.SHA256,
                    RSASignaturePadding.Pkcs1
                );
            }
            else if (path is not "/unsigned")
            {
                Keys.Value!.SignData(
                    token.AsSpan(0, signed),
                    signature,
                    HashAlgorithmName.SHA256,
                    DSASignatureFormat.IeeeP1363FixedFieldConcatenation
                );
            }

            token[signed] = (byte)'.';
            return signed + 1 + Base64Url.EncodeToUtf8(signature, token.AsSpan(signed + 1));
        }
    }
}

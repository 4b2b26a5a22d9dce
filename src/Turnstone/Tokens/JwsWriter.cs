using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Turnstone.Model;
using Turnstone.Tokens.Keys;

namespace Turnstone.Tokens;

/// <summary>
/// Writes a JWS in compact form (RFC 7515 §7.1) whose header is <c>typ</c>, <c>alg</c>, <c>kid</c> in that order. For
/// many threads: every call works in a workbench of its own, and a signing key takes care of itself.
/// </summary>
internal sealed class JwsWriter(SigningKeyRing ring)
{
    // Nothing here is ever put into a page; the default would write at+jwt as at\u002Bjwt.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Pool<Workbench> benches = new(() => new Workbench());
    private readonly ConcurrentDictionary<(string Kid, string Type), byte[]> headers = new();

    /// <param name="state">What <paramref name="write"/> needs.</param>
    /// <param name="write">Writes the members of the payload.</param>
    /// <param name="algorithm">Which of the two keys signs.</param>
    /// <param name="type">The header <c>typ</c>.</param>
    /// <exception cref="StoreUnavailableException">The ring holds no key that signs.</exception>
    public string Write<T>(T state, Action<Utf8JsonWriter, T> write, SigningAlgorithm algorithm, string type)
    {
        var key = ring.Signing(algorithm);
        var header = headers.GetOrAdd((key.Kid, type), static (_, of) => Header(of.key, of.type), (key, type));
        var bench = benches.Rent();
        try
        {
            return Sign(header, bench.Payload(state, write), key);
        }
        finally
        {
            benches.Return(bench);
        }
    }

    private static string Sign(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, SigningKey key)
    {
        var signed = header.Length + Base64Url.GetEncodedLength(payload.Length);
        var length = signed + 1 + Base64Url.GetEncodedLength(key.SignatureSize);
        var token = ArrayPool<byte>.Shared.Rent(length);
        Span<byte> signature = stackalloc byte[key.SignatureSize];

        header.CopyTo(token);
        Base64Url.EncodeToUtf8(payload, token.AsSpan(header.Length));
        key.Sign(token.AsSpan(0, signed), signature);
        token[signed] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(signed + 1));

        var text = Encoding.ASCII.GetString(token, 0, length);
        ArrayPool<byte>.Shared.Return(token, clearArray: true);
        return text;
    }

    /// <summary>The encoded header with the dot behind it; the same for every token of a key and type.</summary>
    private static byte[] Header(SigningKey key, string type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("typ", type);
            json.WriteString("alg", key.Algorithm.ToString());
            json.WriteString("kid", key.Kid);
            json.WriteEndObject();
        }

        return [.. Base64Url.EncodeToUtf8(buffer.WrittenSpan), (byte)'.'];
    }

    /// <summary>A JSON writer and its buffer, used over and over.</summary>
    private sealed class Workbench : IDisposable
    {
        private readonly ArrayBufferWriter<byte> buffer = new(512);
        private readonly Utf8JsonWriter json;

        public Workbench() => json = new Utf8JsonWriter(buffer, Options);

        public void Dispose() => json.Dispose();

        public ReadOnlySpan<byte> Payload<T>(T state, Action<Utf8JsonWriter, T> write)
        {
            buffer.ResetWrittenCount();
            json.Reset();
            json.WriteStartObject();
            write(json, state);
            json.WriteEndObject();
            json.Flush();
            return buffer.WrittenSpan;
        }
    }
}

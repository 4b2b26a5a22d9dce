using System.Buffers;
using System.Text.Json;

namespace Turnstone.Tokens.Keys;

/// <summary>
/// The JWKS document (RFC 7517 §5) of the ring's published keys, made once for each state of the ring. It reads public
/// members only.
/// </summary>
public sealed class JsonWebKeys(SigningKeyRing ring)
{
    private Rendered? last;

    /// <summary>The document as UTF-8.</summary>
    public ReadOnlyMemory<byte> Document
    {
        get
        {
            var keys = ring.Published;
            var rendered = last;
            if (rendered is null || !ReferenceEquals(rendered.Keys, keys))
            {
                rendered = new Rendered(keys, Render(keys));
                last = rendered;
            }

            return rendered.Document;
        }
    }

    private sealed record Rendered(IReadOnlyList<SigningKey> Keys, byte[] Document);

    private static byte[] Render(IReadOnlyList<SigningKey> keys) =>
        Write(
            keys.Select(key =>
                (IEnumerable<KeyValuePair<string, string>>)
                    [new("use", "sig"), new("alg", key.Algorithm.ToString()), new("kid", key.Kid), .. key.PublicMembers]
            )
        );

    /// <summary>A document of keys, each by the members that it shows.</summary>
    internal static byte[] Write(IEnumerable<IEnumerable<KeyValuePair<string, string>>> keys)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            foreach (var (name, value) in key)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}

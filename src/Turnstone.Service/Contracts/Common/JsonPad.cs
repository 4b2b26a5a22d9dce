using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// Where an answer is written before it is sent: its length has to be known first, and one that cannot be written must
/// leave nothing behind.
/// </summary>
internal sealed class JsonPad : IDisposable
{
    // The contracts show plain text, so only what JSON itself demands is escaped; nothing of ours is ever put into a
    // page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A thread writes one answer at a time, so each has its own pad and none is made for an answer.
    [ThreadStatic]
    private static JsonPad? mine;

    private readonly ArrayBufferWriter<byte> buffer = new(1024);
    private readonly Utf8JsonWriter writer;

    private JsonPad(JsonWriterOptions options) => writer = new Utf8JsonWriter(buffer, options);

    /// <summary>The pad of the thread that asks.</summary>
    public static JsonPad Mine => mine ??= new JsonPad(Plain);

    /// <summary>A pad for people: two spaces, and the same line ends on every machine.</summary>
    public static JsonPad Legible() => new(Plain with { Indented = true, NewLine = "\n" });

    /// <summary>What is written, good until the next is.</summary>
    public ReadOnlySpan<byte> Write(Action<Utf8JsonWriter> write)
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        write(writer);
        writer.Flush();
        return buffer.WrittenSpan;
    }

    public void Dispose() => writer.Dispose();
}

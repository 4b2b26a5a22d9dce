using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Turnstone.Server.Dialects.Common;

/// <summary>An answer whose JSON is written member by member, so that names and order are what the contract shows.</summary>
public sealed class JsonAnswer(int status, Action<Utf8JsonWriter> write, string contentType = "application/json; charset=utf-8") : IResult
{
    // The contracts show plain text, so only what JSON itself demands is escaped; nothing of ours is ever put into a page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // For people: two spaces, and the same line ends on every machine.
    private static readonly JsonWriterOptions Legible = Plain with { Indented = true, NewLine = "\n" };

    public int Status => status;

    /// <summary>Whole seconds for Retry-After; null for none.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The challenge for WWW-Authenticate; null for none.</summary>
    public string? Challenge { get; init; }

    /// <summary>The stable code for the header Error-Code, for shapes that have no member for it; null for none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What would be answered, member by member the same, in lines for a page to show.</summary>
    public static string Text(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(Written(write, Legible).WrittenSpan);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = Written(write, Plain);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = buffer.WrittenCount;
        if (RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Challenge is not null)
        {
            response.Headers.WWWAuthenticate = Challenge;
        }

        if (ErrorCode is not null)
        {
            response.Headers["Error-Code"] = ErrorCode;
        }

        await response.BodyWriter.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted);
    }

    private static ArrayBufferWriter<byte> Written(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, options);
        write(writer);
        writer.Flush();
        return buffer;
    }
}

using System.Text;

namespace Turnstone.Bench.Load;

/// <summary>
/// A request with one place in its body or head that changes from time to time: composed once, then only that place is
/// written.
/// </summary>
internal sealed class Request
{
    /// <summary>Stands in the body, or in a header, for what changes.</summary>
    public const string Place = "{token}";

    private readonly string method;
    private readonly string path;
    private readonly string headers;
    private readonly string body;
    private byte[] bytes = [];
    private int offset;
    private int length = -1;

    private Request(string method, string path, string headers, string body) =>
        (this.method, this.path, this.headers, this.body) = (method, path, headers, body);

    public static Request Json(string path, string body, params IEnumerable<string> headers) =>
        new("POST", path, Lines([.. headers, "Content-Type: application/json"]), body);

    public static Request Form(string path, string body, params IEnumerable<string> headers) =>
        new("POST", path, Lines([.. headers, "Content-Type: application/x-www-form-urlencoded"]), body);

    public static Request Empty(string method, string path, params IEnumerable<string> headers) =>
        new(method, path, Lines(headers), "");

    public Request Copy() => new(method, path, headers, body);

    /// <summary>The request with this text in its place.</summary>
    public ReadOnlyMemory<byte> With(ReadOnlySpan<byte> text)
    {
        if (text.Length != length)
        {
            Compose(Encoding.ASCII.GetString(text));
        }
        else if (offset >= 0)
        {
            text.CopyTo(bytes.AsSpan(offset));
        }

        return bytes;
    }

    private static string Lines(IEnumerable<string> headers) =>
        string.Concat(headers.Select(header => $"{header}\r\n"));

    private void Compose(string text)
    {
        var filled = body.Replace(Place, text, StringComparison.Ordinal);
        var head =
            $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench/1\r\n"
            + $"{headers}Content-Length: {filled.Length}\r\n\r\n";
        var place = (head + body).IndexOf(Place, StringComparison.Ordinal);
        bytes = Encoding.ASCII.GetBytes(head.Replace(Place, text, StringComparison.Ordinal) + filled);
        (offset, length) = (place, text.Length);
    }
}

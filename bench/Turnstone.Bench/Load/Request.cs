using System.Text;

namespace Turnstone.Bench.Load;

/// <summary>
/// A request with one place in its body or head that changes from time to time, or two: composed once, then only these
/// are written.
/// </summary>
internal sealed class Request
{
    /// <summary>Stands in the body, or in a header, for what changes.</summary>
    public const string Place = "{token}";

    /// <summary>Stands where a second text changes.</summary>
    public const string Other = "{proof}";

    private readonly string method;
    private readonly string path;
    private readonly string headers;
    private readonly string body;
    private byte[] bytes = [];
    private (int Place, int Other) offset;
    private (int Place, int Other) length = (-1, -1);

    private Request(string method, string path, string headers, string body) =>
        (this.method, this.path, this.headers, this.body) = (method, path, headers, body);

    public static Request Json(string path, string body, params IEnumerable<string> headers) =>
        new("POST", path, Lines([.. headers, "Content-Type: application/json"]), body);

    public static Request Form(string path, string body, params IEnumerable<string> headers) =>
        new("POST", path, Lines([.. headers, "Content-Type: application/x-www-form-urlencoded"]), body);

    public static Request Empty(string method, string path, params IEnumerable<string> headers) =>
        new(method, path, Lines(headers), "");

    public Request Copy() => new(method, path, headers, body);

    /// <summary>The request with these texts in their places.</summary>
    public ReadOnlyMemory<byte> With(ReadOnlySpan<byte> text, ReadOnlySpan<byte> other = default)
    {
        if (length != (text.Length, other.Length))
        {
            Compose(Encoding.ASCII.GetString(text), Encoding.ASCII.GetString(other));
            return bytes;
        }

        if (offset.Place >= 0)
        {
            text.CopyTo(bytes.AsSpan(offset.Place));
        }

        if (offset.Other >= 0)
        {
            other.CopyTo(bytes.AsSpan(offset.Other));
        }

        return bytes;
    }

    private static string Lines(IEnumerable<string> headers) =>
        string.Concat(headers.Select(header => $"{header}\r\n"));

    private void Compose(string text, string other)
    {
        var filled = body.Replace(Place, text, StringComparison.Ordinal)
            .Replace(Other, other, StringComparison.Ordinal);
        var all =
            $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench/1\r\n"
            + $"{headers}Content-Length: {filled.Length}\r\n\r\n{body}";
        var withText = all.Replace(Place, text, StringComparison.Ordinal);
        var withOther = all.Replace(Other, other, StringComparison.Ordinal);
        bytes = Encoding.ASCII.GetBytes(withText.Replace(Other, other, StringComparison.Ordinal));
        length = (text.Length, other.Length);
        offset = (
            withOther.IndexOf(Place, StringComparison.Ordinal),
            withText.IndexOf(Other, StringComparison.Ordinal)
        );
    }
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Turnstone.Chaos.Faults;

namespace Turnstone.Chaos.Proxy;

/// <summary>A request or an answer as the bytes it has on the wire.</summary>
/// <param name="Head">The first line and the headers, without the empty line.</param>
/// <param name="Body">The rest.</param>
internal sealed partial record HttpMessage(string Head, byte[] Body)
{
    private const int LongestHead = 64 * 1024;
    private const int LongestBody = 1024 * 1024;

    private static readonly string[] RefreshPaths = ["/auth/v1/refresh-token", "/auth/v2/refresh", "/auth/refresh"];

    private static readonly string[] SignInPaths =
    [
        "/auth/v1/token",
        "/auth/v2/login",
        "/v3/auth/login",
        "/oauth2/token",
        "/v1/oauth/token/",
    ];

    public string FirstLine => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)];

    /// <summary>The status of an answer.</summary>
    public int Status => int.Parse(FirstLine.Split(' ')[1], CultureInfo.InvariantCulture);

    public string? Key => Header("Idempotency-Key");

    /// <summary>The end of the refresh token in it: enough to know it again, too little to use it.</summary>
    public string? Token => RefreshToken().Matches(Text).LastOrDefault()?.Value[^6..];

    private string Text => Encoding.UTF8.GetString(Body);

    public RequestKind Kind
    {
        get
        {
            var path = FirstLine.Split(' ')[1].Split('?')[0];
            return RefreshPaths.Any(one => path.EndsWith(one, StringComparison.Ordinal)) || HasRefreshGrant
                ? RequestKind.Refresh
                : SignInPaths.Any(one => path.StartsWith(one, StringComparison.Ordinal)) ? RequestKind.SignIn
                : RequestKind.Call;
        }
    }

    private bool HasRefreshGrant
    {
        get
        {
            var text = Text.Replace(" ", "", StringComparison.Ordinal);
            return text.Contains("\"grant_type\":\"refresh_token\"", StringComparison.Ordinal)
                || text.Contains("grant_type=refresh_token", StringComparison.Ordinal);
        }
    }

    public string? Header(string name) =>
        Head.Split("\r\n")
            .Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim())
            .FirstOrDefault();

    /// <summary>Its bytes, with the sign that the connection ends after it.</summary>
    public byte[] Bytes()
    {
        var lines = Head.Split("\r\n").Where(line => !IsOf(line, "Connection") && !IsOf(line, "Keep-Alive"));
        return [.. Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\nConnection: close\r\n\r\n"), .. Body];
    }

    /// <summary>One request; null when the connection ends before it.</summary>
    public static async Task<HttpMessage?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (await ReadHeadAsync(stream, cancellationToken) is not var (head, rest))
        {
            return null;
        }

        var message = new HttpMessage(head, rest);
        if (message.Header("Transfer-Encoding") is not null)
        {
            var end = "0\r\n\r\n"u8.ToArray();
            return message with { Body = await ReadUntilAsync(stream, rest, end, cancellationToken) };
        }

        var body = new byte[int.Parse(message.Header("Content-Length") ?? "0", CultureInfo.InvariantCulture)];
        rest.AsSpan(0, Math.Min(rest.Length, body.Length)).CopyTo(body);
        if (rest.Length < body.Length)
        {
            await stream.ReadExactlyAsync(body.AsMemory(rest.Length), cancellationToken);
        }

        return message with { Body = body };
    }

    /// <summary>An answer on a connection that ends after it.</summary>
    public static async Task<HttpMessage?> ReadToEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (await ReadHeadAsync(stream, cancellationToken) is not var (head, rest))
        {
            return null;
        }

        using var body = new MemoryStream();
        body.Write(rest);
        await stream.CopyToAsync(body, cancellationToken);
        return new(head, body.ToArray());
    }

    private static bool IsOf(string line, string name) =>
        line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("tsr_[A-Za-z0-9_-]{6,}")]
    private static partial Regex RefreshToken();

    private static async Task<(string Head, byte[] Begun)?> ReadHeadAsync(
        Stream stream,
        CancellationToken cancellationToken
    )
    {
        var bytes = new byte[LongestHead];
        for (var length = 0; length < bytes.Length; )
        {
            var count = await stream.ReadAsync(bytes.AsMemory(length), cancellationToken);
            if (count == 0)
            {
                return null;
            }

            length += count;
            var end = bytes.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return (Encoding.Latin1.GetString(bytes, 0, end), bytes[(end + 4)..length]);
            }
        }

        return null;
    }

    private static async Task<byte[]> ReadUntilAsync(
        Stream stream,
        byte[] begun,
        byte[] end,
        CancellationToken cancellationToken
    )
    {
        List<byte> body = [.. begun];
        var bytes = new byte[4096];
        while (body.Count < LongestBody && !body.TakeLast(end.Length).SequenceEqual(end))
        {
            var count = await stream.ReadAsync(bytes, cancellationToken);
            if (count == 0)
            {
                break;
            }

            body.AddRange(bytes[..count]);
        }

        return [.. body];
    }
}

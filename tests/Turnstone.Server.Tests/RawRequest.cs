using System.Net.Sockets;
using System.Text;

namespace Turnstone.Server.Tests;

/// <summary>A request written by hand, for headers that an HttpClient would merge, drop or refuse to send.</summary>
internal static class RawRequest
{
    public static async Task<HttpResponseMessage> SendAsync(
        TurnstoneServer server,
        string method,
        string path,
        string? json,
        params (string Name, string Value)[] headers
    )
    {
        var text = new StringBuilder(
            $"{method} {path} HTTP/1.1\r\nHost: {server.BaseAddress.Authority}\r\nConnection: close\r\n"
        );
        foreach (var (name, value) in headers)
        {
            text.Append($"{name}: {value}\r\n");
        }

        var body = Encoding.UTF8.GetBytes(json ?? "");
        text.Append(json is null ? "\r\n" : $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");

        using var socket = new TcpClient();
        await socket.ConnectAsync(
            server.BaseAddress.Host,
            server.BaseAddress.Port,
            TestContext.Current.CancellationToken
        );
        await using var stream = socket.GetStream();
        await stream.WriteAsync(
            (byte[])[.. Encoding.UTF8.GetBytes(text.ToString()), .. body],
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static HttpResponseMessage Parse(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = answer[..end].Split("\r\n");
        var status = lines[0].Split(' ', 3);
        var response = new HttpResponseMessage(
            (System.Net.HttpStatusCode)int.Parse(status[1], System.Globalization.CultureInfo.InvariantCulture)
        )
        {
            ReasonPhrase = status[2],
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(answer[(end + 4)..])),
        };
        foreach (var line in lines.Skip(1))
        {
            var (name, value) = (
                line[..line.IndexOf(':', StringComparison.Ordinal)],
                line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            );
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }
}

using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Turnstone.Server.Tests.Attacks.Fuzzing;

/// <summary>What came back, until the server closed the connection.</summary>
internal sealed record FuzzAnswer(string Text)
{
    // RFC 9110 §15.6.6: the one 5xx that is the client's fault.
    private const int HttpVersionNotSupported = 505;

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    // Who sends half a request is only seen to leave.
    private static readonly TimeSpan UntilGivenUp = TimeSpan.FromMilliseconds(100);

    /// <summary>The last status, after any 100; 0 if there is none.</summary>
    public int Status { get; } = StatusOf(Text);

    public static async Task<FuzzAnswer> OfAsync(Uri server, FuzzRequest request, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        // Closed by a reset, so that an hour of connections leaves none waiting.
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(request.Complete ? Within : UntilGivenUp);
        var bytes = new MemoryStream();
        try
        {
            await SendAsync(socket, request.Bytes, patience.Token);
            var buffer = new byte[16 * 1024];
            for (int count; (count = await socket.ReceiveAsync(buffer, patience.Token)) > 0; )
            {
                bytes.Write(buffer, 0, count);
            }
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException)
        {
            // What has come is judged.
        }

        return new(Encoding.Latin1.GetString(bytes.ToArray()));
    }

    /// <summary>What is wrong with it; null for nothing.</summary>
    public string? Fault(FuzzRequest request) =>
        Status == 0
            ? request.Complete
                ? "was not answered"
                : null
            : Status == 503 && Text.Contains("\r\nRetry-After: ", StringComparison.OrdinalIgnoreCase)
                ? null
                : Status == HttpVersionNotSupported
                    ? null
                    : Status is < 200 or >= 500
                        ? $"was answered {Status}"
                        : Text.Contains("   at Turnstone.", StringComparison.Ordinal)
                        || Text.Contains("   at Microsoft.", StringComparison.Ordinal)
                        || Text.Contains("   at System.", StringComparison.Ordinal)
                            ? "was answered with a stack trace"
                            : null;

    // An answer may come, and end the connection, before everything was sent.
    private static async Task SendAsync(Socket socket, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length; )
            {
                sent += await socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
            }
        }
        catch (SocketException)
        {
            // It is read below.
        }
    }

    private static int StatusOf(string text)
    {
        var at = 0;
        while (text.AsSpan(at).StartsWith("HTTP/1.1 1", StringComparison.Ordinal))
        {
            at = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal) is >= 0 and var end ? end + 4 : text.Length;
        }

        return
            text.AsSpan(at).StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
            && text.Length >= at + 12
            && int.TryParse(text.AsSpan(at + 9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : 0;
    }
}

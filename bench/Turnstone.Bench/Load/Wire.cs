using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Turnstone.Bench.Load;

/// <summary>One answer, valid until the next request on the same connection.</summary>
internal readonly record struct Answer(int Status, ReadOnlyMemory<byte> Body, bool RetryAfter);

/// <summary>
/// One HTTP/1.1 connection that is kept alive: a request goes out as one write, its answer is read into one buffer. As
/// little as can be, because whatever the generator costs is taken from the server on the same machine.
/// </summary>
internal sealed class Wire(IPEndPoint server) : IDisposable
{
    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    private byte[] buffer = new byte[16 * 1024];
    private Socket? socket;
    private int filled;

    public async ValueTask<Answer> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        socket ??= await ConnectAsync(cancellationToken);
        try
        {
            await socket.SendAsync(request, cancellationToken);
            filled = 0;
            var head = await ReadHeadAsync(cancellationToken);
            var body = head.Length is { } length
                ? await ReadBodyAsync(head.Size, length, cancellationToken)
                : await ReadChunksAsync(head.Size, cancellationToken);
            if (head.Closes)
            {
                Close();
            }

            return new Answer(head.Status, body, head.RetryAfter);
        }
        catch
        {
            Close();
            throw;
        }
    }

    public void Dispose() => Close();

    private void Close()
    {
        socket?.Dispose();
        socket = null;
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var made = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await made.ConnectAsync(server, cancellationToken);
        return made;
    }

    private async ValueTask<Head> ReadHeadAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = buffer.AsSpan(0, filled).IndexOf(EndOfHead)) < 0)
        {
            await FillAsync(cancellationToken);
        }

        return Head.Read(buffer.AsSpan(0, end + 2));
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(
        int start,
        int length,
        CancellationToken cancellationToken
    )
    {
        while (filled < start + length)
        {
            await FillAsync(cancellationToken);
        }

        return buffer.AsMemory(start, length);
    }

    // RFC 9112 §7.1; trailers are read past.
    private async ValueTask<ReadOnlyMemory<byte>> ReadChunksAsync(int start, CancellationToken cancellationToken)
    {
        var (read, body) = (start, new List<byte>());
        while (true)
        {
            int line;
            while ((line = buffer.AsSpan(read, filled - read).IndexOf("\r\n"u8)) < 0)
            {
                await FillAsync(cancellationToken);
            }

            _ = Utf8Parser.TryParse(buffer.AsSpan(read, line), out int size, out _, 'x');
            read += line + 2;
            while (filled < read + size + 2)
            {
                await FillAsync(cancellationToken);
            }

            body.AddRange(buffer.AsSpan(read, size));
            read += size + 2;
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (filled == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = await socket!.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
        filled += read > 0 ? read : throw new IOException("The server closed the connection before it had answered.");
    }

    private readonly record struct Head(int Status, int Size, int? Length, bool Closes, bool RetryAfter)
    {
        public static Head Read(ReadOnlySpan<byte> head)
        {
            _ = Utf8Parser.TryParse(head["HTTP/1.1 ".Length..], out int status, out _);
            var (size, length, closes, retryAfter) = (head.Length + 2, (int?)null, false, false);
            head = head[(head.IndexOf((byte)'\n') + 1)..];
            while (head.Length > 0)
            {
                var end = head.IndexOf((byte)'\n');
                if (Is(head, "content-length:"u8))
                {
                    _ = Utf8Parser.TryParse(
                        head["content-length:".Length..end].TrimStart((byte)' '),
                        out int value,
                        out _
                    );
                    length = value;
                }

                closes |= Is(head, "connection: close"u8);
                retryAfter |= Is(head, "retry-after:"u8);
                head = head[(end + 1)..];
            }

            return new(status, size, status is 204 or 304 ? 0 : length, closes, retryAfter);
        }

        private static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
        {
            if (line.Length < name.Length || (line[0] | 0x20) != name[0])
            {
                return false;
            }

            for (var i = 0; i < name.Length; i++)
            {
                if ((line[i] | 0x20) != (name[i] | 0x20))
                {
                    return false;
                }
            }

            return true;
        }
    }
}

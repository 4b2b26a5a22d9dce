using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Turnstone.Grants;
using Turnstone.Model;

namespace Turnstone.Server.Tests.Mail;

/// <summary>
/// A mail server as far as a letter needs one: it speaks SMTP on a free port and keeps what it was given.
/// </summary>
internal sealed class SmtpListener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<ReceivedMail> received = Channel.CreateUnbounded<ReceivedMail>();
    private readonly Task accepting;

    public SmtpListener()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>
    /// What the next recipients are answered, each once, before the rest is taken: "451 later", "550 unknown".
    /// </summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>How many times a recipient was named.</summary>
    public int Attempts { get; private set; }

    public async Task<ReceivedMail> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        return await received.Reader.ReadAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stopping.Token);
                await TalkAsync(client);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or IOException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false))
        {
            NewLine = "\r\n",
            AutoFlush = true,
        };
        await writer.WriteLineAsync("220 test");
        var (from, to) = ("", "");
        while (await reader.ReadLineAsync(stopping.Token) is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            if (verb == "DATA")
            {
                await writer.WriteLineAsync("354 go on");
                received.Writer.TryWrite(new ReceivedMail(from, to, await ReadDataAsync(reader)));
                await writer.WriteLineAsync("250 taken");
                continue;
            }

            (from, to) = verb switch
            {
                "MAIL" => (line, ""),
                "RCPT" => (from, to + line),
                _ => (from, to),
            };
            Attempts += verb == "RCPT" ? 1 : 0;
            await writer.WriteLineAsync(
                verb switch
                {
                    "QUIT" => "221 bye",
                    "RCPT" when Refusals.TryDequeue(out var refusal) => refusal,
                    _ => "250 fine",
                }
            );
        }
    }

    private async Task<string> ReadDataAsync(StreamReader reader)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(stopping.Token) is { } line && line != ".")
        {
            data.Append(line.StartsWith('.') ? line[1..] : line).Append('\n');
        }

        return data.ToString();
    }
}

/// <summary>A mail as it came over the wire: the envelope's commands, and headers and body.</summary>
internal sealed record ReceivedMail(string From, string To, string Data)
{
    public string Headers => Data[..Data.IndexOf("\n\n", StringComparison.Ordinal)];

    /// <summary>The body, quoted-printable undone as far as ASCII needs it.</summary>
    public string Body =>
        Data[(Data.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]
            .Replace("=\n", "", StringComparison.Ordinal)
            .Replace("=3D", "=", StringComparison.Ordinal);
}

using System.Net.Security;
using System.Text;

namespace Turnstone.Server.Tests.Mail;

/// <summary>The mail server's side of one connection (RFC 5321).</summary>
internal sealed class SmtpConversation(SmtpListener server, Stream connection, CancellationToken stopping)
{
    private readonly byte[] buffer = new byte[4096];
    private Stream stream = connection;
    private int next;
    private int end;
    private string from = "";
    private string to = "";
    private string? signedIn;

    public async Task RunAsync()
    {
        await server.MayAnswerAsync("CONNECT");
        if (server.ImplicitTls)
        {
            await EncryptAsync();
        }

        await SayAsync("220 test");
        while (await ReadLineAsync() is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            await server.MayAnswerAsync(verb);
            if (verb == "QUIT")
            {
                await SayAsync("221 bye");
                return;
            }

            await AnswerAsync(verb, line);
        }
    }

    private async Task AnswerAsync(string verb, string line)
    {
        switch (verb)
        {
            case "EHLO":
                await SayAsync(
                    stream is SslStream ? "250-test\r\n250 AUTH PLAIN"
                    : server.Certificate is null ? "250 test"
                    : "250-test\r\n250 STARTTLS"
                );
                break;
            case "STARTTLS":
                await SayAsync("220 go on");
                await EncryptAsync();
                break;
            case "AUTH":
                signedIn = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[^1]));
                await SayAsync("235 welcome");
                break;
            case "MAIL":
                (from, to) = (line, "");
                await SayAsync("250 fine");
                break;
            case "RCPT":
                to += line;
                await SayAsync(server.OnRecipient());
                break;
            case "DATA":
                await SayAsync("354 go on");
                await TakeAsync();
                break;
            default:
                await SayAsync("250 fine");
                break;
        }
    }

    private async Task TakeAsync()
    {
        var data = new StringBuilder();
        while (await ReadLineAsync() is { } line && line != ".")
        {
            data.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        server.Take(new ReceivedMail(from, to, data.ToString(), stream is SslStream, signedIn));
        await server.MayAnswerAsync(".");
        await SayAsync("250 taken");
    }

    private async Task EncryptAsync()
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = server.Certificate },
            stopping
        );
        stream = encrypted;
    }

    private async Task SayAsync(string line) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n"), stopping);

    /// <summary>A line up to its CR LF; a CR or LF that stands alone is part of it.</summary>
    private async Task<string?> ReadLineAsync()
    {
        var line = new List<byte>();
        while (await ReadByteAsync() is var one and >= 0)
        {
            line.Add((byte)one);
            if (line is [.., (byte)'\r', (byte)'\n'])
            {
                return Encoding.UTF8.GetString([.. line[..^2]]);
            }
        }

        return null;
    }

    private async Task<int> ReadByteAsync()
    {
        if (next == end)
        {
            (next, end) = (0, await stream.ReadAsync(buffer, stopping));
        }

        return end == 0 ? -1 : buffer[next++];
    }
}

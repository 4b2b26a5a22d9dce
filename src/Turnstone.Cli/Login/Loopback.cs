using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Turnstone.Cli.Login;

internal sealed record LoopbackAnswer(string Code)
{
    public override string ToString() => "LoopbackAnswer (redacted)";
}

/// <summary>
/// Listens on a loopback address for the one answer of a sign-in. Whatever else comes, of a stranger's page or another
/// program, is told that it is not that and changes nothing.
/// </summary>
internal sealed class Loopback : IDisposable
{
    private const int LongestRequest = 16 * 1024;

    private readonly TcpListener listener;
    private readonly string path;

    /// <param name="redirect">The client's redirect URI; null for one on a free port.</param>
    public Loopback(string? redirect)
    {
        var wanted = Wanted(redirect);
        path = wanted?.AbsolutePath ?? "/callback";
        listener = new TcpListener(
            wanted?.Host is "[::1]" ? IPAddress.IPv6Loopback : IPAddress.Loopback,
            wanted?.Port ?? 0
        );
        try
        {
            listener.Start();
        }
        catch (SocketException reason)
        {
            throw new CliException(
                ExitCode.Failed,
                "port_taken",
                $"The redirect URI {redirect} cannot be listened at: {reason.Message}."
            );
        }

        Address = redirect ?? $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}{path}";
    }

    public string Address { get; }

    /// <param name="state">What this sign-in has sent.</param>
    /// <param name="isOurs">Whether the issuer that an answer names, null for none, is the one that was asked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<LoopbackAnswer> AnswerAsync(
        string state,
        Func<string?, bool> isOurs,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            using var connection = await listener.AcceptTcpClientAsync(cancellationToken);
            using var hurry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            hurry.CancelAfter(TimeSpan.FromSeconds(5));
            try
            {
                if (await HearAsync(connection.GetStream(), state, isOurs, hurry.Token) is { } answer)
                {
                    return answer;
                }
            }
            catch (Exception reason)
                when (reason is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Somebody who says nothing, or goes away.
            }
        }
    }

    public void Dispose() => listener.Dispose();

    private async Task<LoopbackAnswer?> HearAsync(
        NetworkStream stream,
        string state,
        Func<string?, bool> isOurs,
        CancellationToken cancellationToken
    )
    {
        var line = await RequestLineAsync(stream, cancellationToken);
        var target = line.Split(' ') is ["GET", var asked, _] ? asked.Split('?', 2) : [];
        if (target is not [var place, var query] || place != path)
        {
            await SayAsync(stream, "404 Not Found", "This is not the answer of a sign-in.", cancellationToken);
            return null;
        }

        var said = Parameters(query);
        if (said.GetValueOrDefault("state") != state)
        {
            await SayAsync(stream, "400 Bad Request", "This answer is of another sign-in.", cancellationToken);
            return null;
        }

        if (!isOurs(said.GetValueOrDefault("iss")))
        {
            await SayAsync(stream, "400 Bad Request", "This answer is of another server.", cancellationToken);
            throw new CliException(ExitCode.Refused, "wrong_issuer", "The answer came from another server.");
        }

        if (said.TryGetValue("code", out var code))
        {
            await SayAsync(stream, "200 OK", "Signed in. You can close this page.", cancellationToken);
            return new LoopbackAnswer(code);
        }

        var error = said.GetValueOrDefault("error", "no_code");
        await SayAsync(stream, "200 OK", "Not signed in. You can close this page.", cancellationToken);
        throw new CliException(
            ExitCode.Refused,
            error,
            $"The sign-in was refused ({error}). {said.GetValueOrDefault("error_description")}".TrimEnd()
        );
    }

    private static async Task<string> RequestLineAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestRequest];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            var text = Encoding.ASCII.GetString(buffer, 0, length);
            if (read == 0 || text.Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                return text.Split("\r\n")[0];
            }
        }

        return "";
    }

    private static async Task SayAsync(
        NetworkStream stream,
        string status,
        string text,
        CancellationToken cancellationToken
    )
    {
        // Without the referrer the code stays in no log of wherever the page leads.
        var head =
            $"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {text.Length}\r\n"
            + "Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + text), cancellationToken);
    }

    private static Dictionary<string, string> Parameters(string query)
    {
        var said = new Dictionary<string, string>();
        foreach (var pair in query.Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2))
        {
            said.TryAdd(pair[0], Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
        }

        return said;
    }

    private static Uri? Wanted(string? redirect) =>
        redirect is null ? null
        : Uri.TryCreate(redirect, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http", IsLoopback: true, Query: "", Fragment: "" }
            ? uri
        : throw CliException.Usage("In a browser --redirect-uri is an address like http://127.0.0.1:8500/callback.");
}

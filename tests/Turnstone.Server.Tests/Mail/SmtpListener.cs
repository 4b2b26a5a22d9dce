using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace Turnstone.Server.Tests.Mail;

/// <summary>
/// A mail server as far as a letter needs one: it speaks SMTP on a free port and keeps what it was given.
/// </summary>
internal sealed class SmtpListener : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<ReceivedMail> received = Channel.CreateUnbounded<ReceivedMail>();
    private readonly TaskCompletionSource silent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource spoken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task accepting;
    private int attempts;

    public SmtpListener(int port = 0)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>With one, it offers STARTTLS and a sign-in after that.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether it begins with TLS and not with its greeting.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>
    /// What the next recipients are answered, each once, before the rest is taken: "451 later", "550 unknown".
    /// </summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    /// <summary>
    /// The command that it does not answer until it is told to: "CONNECT" for the connection itself, "." for the end of
    /// a mail.
    /// </summary>
    public string? SilentAt { get; set; }

    /// <summary>Completes when it has not answered a command.</summary>
    public Task Silent => silent.Task;

    /// <summary>How many times a recipient was named.</summary>
    public int Attempts => Volatile.Read(ref attempts);

    /// <summary>How many mails lie here that nobody has asked for.</summary>
    public int Count => received.Reader.Count;

    public async Task<ReceivedMail> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        return await received.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Ends every connection without a word.</summary>
    public async Task HangUpAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
    }

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync();
        stopping.Dispose();
    }

    /// <summary>Answers everything from now on, and what it has not answered yet.</summary>
    public void Speak() => spoken.TrySetResult();

    /// <summary>Completes when the command is to be answered.</summary>
    internal async Task MayAnswerAsync(string command)
    {
        if (command == SilentAt)
        {
            silent.TrySetResult();
            await spoken.Task.WaitAsync(stopping.Token);
        }
    }

    internal string OnRecipient()
    {
        Interlocked.Increment(ref attempts);
        return Refusals.TryDequeue(out var refusal) ? refusal : "250 fine";
    }

    internal void Take(ReceivedMail mail) => received.Writer.TryWrite(mail);

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                talks.Add(TalkAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            // The test is over.
        }

        await Task.WhenAll(talks);
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await new SmtpConversation(this, client.GetStream(), stopping.Token).RunAsync();
            }
            catch (Exception over)
                when (over
                        is OperationCanceledException
                            or IOException
                            or System.Security.Authentication.AuthenticationException
                )
            {
                // The client has left, or the test is over.
            }
        }
    }
}

using System.Threading.Channels;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Mail;

/// <summary>How letters leave this server.</summary>
public enum MailWay
{
    /// <summary>None is configured: nothing is sent, and the pages that would need it say so.</summary>
    None,

    Smtp,

    /// <summary>Development without a mail server: letters lie in the outbox page.</summary>
    Outbox,
}

/// <summary>
/// Where a letter is handed in. It never waits and never fails, so the page that sends one takes as long as the page
/// that sends none. The queue is in memory and bounded: a full one drops the letter and says so in the log, and whoever
/// misses a letter asks for it again.
/// </summary>
public sealed class MailQueue
{
    public const int Capacity = 1_000;

    private readonly Outbox outbox;
    private readonly ILogger<MailQueue> log;
    private readonly Channel<QueuedLetter> waiting = Channel.CreateUnbounded<QueuedLetter>(
        new UnboundedChannelOptions { SingleReader = false }
    );
    private int held;

    public MailQueue(ServerSettings settings, Outbox outbox, ILogger<MailQueue> log)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (this.outbox, this.log) = (outbox, log);
        Way =
            settings.Turnstone.Mail.Host.Length > 0 ? MailWay.Smtp
            : settings.Production ? MailWay.None
            : MailWay.Outbox;
    }

    public MailWay Way { get; }

    /// <summary>Whether this service sends mail at all.</summary>
    public bool Sends => Way is not MailWay.None;

    /// <summary>How many letters are waiting or under way.</summary>
    public int Depth => Volatile.Read(ref held);

    internal ChannelReader<QueuedLetter> Waiting => waiting.Reader;

    public void Send(Letter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        if (Way is MailWay.Outbox)
        {
            outbox.Add(letter);
            return;
        }

        if (Way is MailWay.None)
        {
            return;
        }

        if (Interlocked.Increment(ref held) > Capacity || !waiting.Writer.TryWrite(new QueuedLetter(letter, 0)))
        {
            Done();
            log.QueueFull(Capacity);
        }
    }

    /// <summary>A letter that could not be sent goes to the end; it still counts as one that is held.</summary>
    internal void Return(QueuedLetter letter)
    {
        if (!waiting.Writer.TryWrite(letter))
        {
            Done();
            log.LetterLost(letter.Tries);
        }
    }

    internal void Done() => Interlocked.Decrement(ref held);

    /// <summary>Takes no more letters: the server stops.</summary>
    internal void Close() => waiting.Writer.TryComplete();
}

/// <summary>A letter in the queue, and how often it was tried.</summary>
internal sealed record QueuedLetter(Letter Letter, int Tries);

using Turnstone.Model;
using Turnstone.Server.Settings;
using Turnstone.Storage;

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
/// Puts letters into the store, so that a killed server loses none. The queue is bounded: a letter that finds it full
/// is dropped and logged, and its reader can request it again.
/// </summary>
public sealed class MailQueue
{
    /// <summary>How many letters may wait, of all nodes together.</summary>
    public const int Capacity = 1_000;

    private readonly Outbox outbox;
    private readonly ILetterStore store;
    private readonly LetterSeal seal;
    private readonly RandomSource random;
    private readonly TimeProvider time;
    private readonly ILogger<MailQueue> log;

    public MailQueue(
        ServerSettings settings,
        Outbox outbox,
        ILetterStore store,
        LetterSeal seal,
        RandomSource random,
        TimeProvider time,
        ILogger<MailQueue> log
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        (this.outbox, this.store, this.seal, this.random, this.time, this.log) = (
            outbox,
            store,
            seal,
            random,
            time,
            log
        );
        Way =
            settings.Turnstone.Mail.Host.Length > 0 ? MailWay.Smtp
            : settings.Production ? MailWay.None
            : MailWay.Outbox;
    }

    public MailWay Way { get; }

    /// <summary>Whether this service sends mail at all.</summary>
    public bool Sends => Way is not MailWay.None;

    /// <exception cref="StoreUnavailableException">The letter could not be stored.</exception>
    public async Task SendAsync(Letter letter, CancellationToken cancellationToken)
    {
        if (Way is MailWay.Outbox)
        {
            outbox.Add(letter);
        }
        else if (Way is MailWay.Smtp)
        {
            await AddAsync(letter, decoy: false, cancellationToken);
        }
    }

    /// <summary>
    /// The same work for a letter that is never sent: it is stored too, and the sender discards it. For answers that
    /// must not tell, by their time either, whether there is a letter.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The letter could not be stored.</exception>
    public async Task SendDecoyAsync(Letter letter, CancellationToken cancellationToken)
    {
        if (Way is MailWay.Smtp)
        {
            await AddAsync(letter, decoy: true, cancellationToken);
        }
    }

    private async Task AddAsync(Letter letter, bool decoy, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = random.NewId(now);
        var waiting = new WaitingLetter(id, seal.Seal(id, letter, decoy), CreatedAt: now, DueAt: now, Tries: 0);
        if (!await store.AddAsync(waiting, Capacity, cancellationToken))
        {
            log.QueueFull(Capacity);
        }
    }
}

namespace Turnstone.Server.Mail;

/// <summary>A letter that lies in the outbox, and when it was put there.</summary>
public sealed record OutboxLetter(Letter Letter, DateTimeOffset At);

/// <summary>Where letters lie in Development without a mail server: the last ones, in memory.</summary>
public sealed class Outbox(TimeProvider time)
{
    public const int Capacity = 100;

    private readonly Lock gate = new();
    private readonly LinkedList<OutboxLetter> letters = new();

    /// <summary>The newest first.</summary>
    public IReadOnlyList<OutboxLetter> Letters
    {
        get
        {
            lock (gate)
            {
                return [.. letters];
            }
        }
    }

    internal void Add(Letter letter)
    {
        lock (gate)
        {
            letters.AddFirst(new OutboxLetter(letter, time.GetUtcNow()));
            if (letters.Count > Capacity)
            {
                letters.RemoveLast();
            }
        }
    }
}

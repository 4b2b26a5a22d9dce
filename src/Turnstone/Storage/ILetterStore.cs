namespace Turnstone.Storage;

/// <summary>
/// A letter that waits to be sent. It is sealed: the store knows neither to whom it goes nor what it says.
/// </summary>
/// <param name="DueAt">From when it may be claimed; of a claimed letter, until when the claim holds.</param>
/// <param name="Tries">How often it was claimed.</param>
public sealed record WaitingLetter(Guid Id, byte[] Sealed, DateTimeOffset CreatedAt, DateTimeOffset DueAt, int Tries)
{
    public override string ToString() => $"letter {Id}";
}

/// <summary>
/// The letters that wait, for every node: whoever claims one sends it. A claim is a lease, so a node that dies with a
/// letter in hand leaves it to the others.
/// </summary>
public interface ILetterStore
{
    /// <summary>False when so many wait already; two that come at the same moment may pass it by one.</summary>
    Task<bool> AddAsync(WaitingLetter letter, int most, CancellationToken cancellationToken);

    /// <summary>Claims the letter that has been due for longest, until the given time; null when none is due.</summary>
    Task<WaitingLetter?> ClaimAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Gives a claimed letter back until it is due again; nothing happens when the claim has ended.</summary>
    Task ReturnAsync(WaitingLetter claimed, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>All that wait, claimed or not.</summary>
    Task<IReadOnlyList<WaitingLetter>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes it, whoever has claimed it meanwhile.</summary>
    Task RemoveAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Removes letters that were written before a time, claimed or not; answers how many.</summary>
    Task<int> SweepAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

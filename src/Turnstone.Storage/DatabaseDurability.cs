namespace Turnstone.Storage;

/// <summary>What a database says of keeping what it has committed.</summary>
/// <param name="ReadOnly">It is a standby and accepts no writes.</param>
/// <param name="FlushesCommits">A commit is on disk before it is answered.</param>
/// <param name="HasSynchronousStandby">A commit is on a second machine before it is answered.</param>
/// <param name="Connections">How many connections it takes.</param>
public sealed record DatabaseDurability(
    bool ReadOnly,
    bool FlushesCommits,
    bool HasSynchronousStandby,
    int Connections
);

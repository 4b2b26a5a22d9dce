namespace Turnstone.Bench.Load;

/// <summary>
/// One customer's program: what it asks next, and what it makes of the answer. Used by one connection at a time.
/// </summary>
internal interface ICaller
{
    /// <summary>The whole next request, head and body; valid until the answer has come.</summary>
    ReadOnlyMemory<byte> Next();

    /// <summary>Looks at the answer; null when it is what it has to be, else a few words for the report.</summary>
    string? Check(in Answer answer);
}

using Turnstone.Chaos.Faults;

namespace Turnstone.Chaos.Proxy;

/// <summary>One request that met the proxy, and what became of it.</summary>
internal sealed class Exchange(long number, RequestKind kind, string? key, Fault fault)
{
    public long Number => number;

    public RequestKind Kind => kind;

    /// <summary>The request's Idempotency-Key.</summary>
    public string? Key => key;

    public Fault Fault => fault;

    /// <summary>What the server answered, or the proxy in its place; 0 for nothing.</summary>
    public int Status { get; set; }

    /// <summary>The code of a refusal, where the answer has one in its headers.</summary>
    public string? Code { get; set; }

    /// <summary>The end of the refresh token that it sent, and of the one that it was given.</summary>
    public string? Token { get; init; }

    public string? Next { get; set; }

    /// <summary>What the same request was answered when the server got it again.</summary>
    public string? Again { get; set; }

    /// <summary>Whether its client was gone before it had an answer.</summary>
    public bool Left { get; set; }

    public DateTimeOffset Began { get; init; }

    public DateTimeOffset? Ended { get; set; }

    public TaskCompletionSource Passed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string ToString() =>
        $"{Began:mm:ss.fff} to {Ended:mm:ss.fff} {number} {kind} {fault.Kind} {fault.Amount} key {key} token {Token}: "
            + $"{Status} {Code} {Next}{(Left ? " left" : "")}{(Again is null ? "" : $" again {Again}")}";
}

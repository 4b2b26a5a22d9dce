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

    public TaskCompletionSource Passed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string ToString() => $"{number} {kind} {fault.Kind} {fault.Amount} key {key}: {Status} {Code}";
}

namespace Turnstone.Chaos.Faults;

/// <summary>Faults in the order in which they were asked for, each for the next request of its kind.</summary>
internal sealed class ScriptedFaults : IFaultPlan
{
    private readonly Lock gate = new();
    private readonly List<(RequestKind Kind, Fault Fault)> waiting = [];

    public void Add(RequestKind kind, Fault fault, int times = 1)
    {
        lock (gate)
        {
            waiting.AddRange(Enumerable.Repeat((kind, fault), times));
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            waiting.Clear();
        }
    }

    public Fault For(long number, RequestKind kind)
    {
        lock (gate)
        {
            var at = waiting.FindIndex(one => one.Kind == kind);
            if (at < 0)
            {
                return Fault.None;
            }

            var fault = waiting[at].Fault;
            waiting.RemoveAt(at);
            return fault;
        }
    }
}

namespace Turnstone.Chaos.Faults;

/// <summary>Faults that can be switched on and off.</summary>
internal sealed class SwitchedFaults(IFaultPlan plan) : IFaultPlan
{
    private volatile bool on;

    public bool On
    {
        get => on;
        set => on = value;
    }

    public Fault For(long number, RequestKind kind) => on ? plan.For(number, kind) : Fault.None;
}

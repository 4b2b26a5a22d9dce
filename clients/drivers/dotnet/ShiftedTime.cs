namespace Turnstone.Client.Driver;

/// <summary>The clock of a machine that goes wrong.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
}

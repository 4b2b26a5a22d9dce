namespace Turnstone.Chaos.Clients;

/// <summary>A client's process ended before it had answered.</summary>
/// <param name="killed">Whether it was ended by <see cref="ClientProcess.Kill"/> and by nothing else.</param>
/// <param name="torn">What it had written of its answer.</param>
/// <param name="errors">What it wrote to its other output.</param>
#pragma warning disable CA1032, CA1064 // It is thrown and caught here alone.
internal sealed class ProcessEndedException(bool killed, string torn, string errors)
    : Exception($"The process ended: {errors}{(torn.Length > 0 ? $" after: {torn}" : "")}")
#pragma warning restore CA1032, CA1064
{
    public bool Killed => killed;

    public string Torn => torn;
}

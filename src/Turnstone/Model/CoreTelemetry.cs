namespace Turnstone.Model;

public static class CoreTelemetry
{
    /// <summary>The name of the core's meters and of the source of its spans.</summary>
    public const string Name = "Turnstone";
}

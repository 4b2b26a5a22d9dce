using System.Reflection;

namespace Turnstone.Server.Telemetry;

/// <summary>The version of this program, without the commit that it was built from.</summary>
public static class ServerVersion
{
    public static string Text { get; } =
        typeof(ServerVersion)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "";
}

using Microsoft.Extensions.DependencyInjection;

namespace Turnstone.Server.Tests.Hosting;

internal static class HostedServices
{
    /// <summary>The server is started without this one of its background services.</summary>
    public static void RemoveHosted<T>(this IServiceCollection services) =>
        services.Remove(services.Single(service => service.ImplementationType == typeof(T)));
}

using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Turnstone.Server.Accounts;

/// <summary>
/// The current request for Identity and the pages; <see cref="Portal.Shell.PortalMiddleware"/> sets it. Calls of the
/// contracts do not need it. If the framework set it for every request, each would cost a copy of the execution context
/// and new context objects (400 B).
/// </summary>
internal static class PageContext
{
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<IHttpContextAccessor, HttpContextAccessor>();
        services.Replace(
            ServiceDescriptor.Singleton<IHttpContextFactory>(provider => new DefaultHttpContextFactory(
                new WithoutAccessor(provider)
            ))
        );
    }

    /// <summary>The services without the accessor: the framework sets any accessor that it finds.</summary>
    private sealed class WithoutAccessor(IServiceProvider services) : IServiceProvider
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(IHttpContextAccessor) ? null : services.GetService(serviceType);
    }
}

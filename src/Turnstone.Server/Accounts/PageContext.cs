using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Turnstone.Server.Accounts;

/// <summary>
/// The request under way, for Identity and the pages, which ask for it from afar; <see
/// cref="Portal.Shell.PortalMiddleware"/> tells them. An API call is handed its own from room to room. The framework
/// would tell for every request, which costs a call a copy of its execution context, and a new set of objects instead
/// of the connection's own.
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

    /// <summary>The services, as the framework's factory is to see them: it tells whatever accessor it finds.</summary>
    private sealed class WithoutAccessor(IServiceProvider services) : IServiceProvider
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(IHttpContextAccessor) ? null : services.GetService(serviceType);
    }
}

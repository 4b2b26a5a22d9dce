using Turnstone.Server.Hosting.Outbound;

namespace Turnstone.Server.Hosting.Logout;

public static class LogoutServices
{
    /// <summary>Tells clients of ended sessions.</summary>
    public static IServiceCollection AddLogoutNotices(this IServiceCollection services) =>
        services.AddSingleton<OutboundHttp>().AddSingleton(LogoutSchedule.Usual).AddHostedService<LogoutSender>();
}

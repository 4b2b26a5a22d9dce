namespace Turnstone.Server.Operations.Demo;

public static class DemoServices
{
    public static IServiceCollection AddDemo(this IServiceCollection services) =>
        services.AddSingleton<DemoData>().AddHostedService<WelcomePage>();
}

using Turnstone.Server.Hosting;

namespace Turnstone.Server.Operations.Demo;

public static class DemoServices
{
    public static IServiceCollection AddDemo(this IServiceCollection services) => services
        .AddSingleton<DemoData>()
        .AddSingleton<IPreparationStep>(provider => provider.GetRequiredService<DemoData>())
        .AddHostedService<WelcomePage>();
}

using Turnstone.Client;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Sessions and their HTTP clients as services.</summary>
public static class TurnstoneClientServices
{
    /// <summary>
    /// A named <see cref="HttpClient"/> whose requests carry an access token, and its <see cref="TurnstoneSession"/> as
    /// a keyed singleton of the same name.
    /// </summary>
    public static IHttpClientBuilder AddTurnstoneClient(
        this IServiceCollection services,
        string name,
        Action<SessionOptions> configure
    ) => services.AddTurnstoneClient(name, (_, options) => configure(options));

    /// <summary>The same, with services at hand for the options: a store, a secret, a clock.</summary>
    public static IHttpClientBuilder AddTurnstoneClient(
        this IServiceCollection services,
        string name,
        Action<IServiceProvider, SessionOptions> configure
    )
    {
        services.AddKeyedSingleton(
            name,
            (provider, _) =>
            {
                var options = new SessionOptions { Name = name };
                configure(provider, options);
                return new TurnstoneSession(options);
            }
        );
        return services
            .AddHttpClient(name)
            .AddHttpMessageHandler(provider => new TokenHandler(
                provider.GetRequiredKeyedService<TurnstoneSession>(name)
            ));
    }
}

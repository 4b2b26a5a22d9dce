using Microsoft.Extensions.Primitives;

namespace Turnstone.Server.Portal.Shell;

/// <summary>
/// The pages, which routing hears of when the first of them is asked for: a server that only programs ask keeps none in
/// memory (docs/adr/0014).
/// </summary>
public sealed class PortalPages(IServiceProvider services) : EndpointDataSource, IDisposable
{
    private readonly Lock mapping = new();
    private readonly CancellationTokenSource mapped = new();
    private EndpointDataSource? pages;

    /// <summary>None before they are mapped.</summary>
    public override IReadOnlyList<Endpoint> Endpoints => pages?.Endpoints ?? [];

    public override IChangeToken GetChangeToken() =>
        pages?.GetChangeToken() ?? new CancellationChangeToken(mapped.Token);

    /// <summary>Afterwards routing knows them.</summary>
    public void Map()
    {
        lock (mapping)
        {
            if (pages is null)
            {
                var routes = new Routes(services);
                routes.MapRazorPages();
                pages = routes.DataSources.Single();

                // Routing makes its table anew within this call.
                mapped.Cancel();
            }
        }
    }

    public void Dispose() => mapped.Dispose();

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}

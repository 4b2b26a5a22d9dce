using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Turnstone.Peers;

/// <summary>OpenIddict's own tables, as its EF Core models describe them.</summary>
internal sealed class PeerContext(DbContextOptions<PeerContext> options) : DbContext(options)
{
    private const string Tables =
        "\"OpenIddictTokens\", \"OpenIddictAuthorizations\", \"OpenIddictScopes\", \"OpenIddictApplications\"";

    public static Task MakeAnewAsync(IServiceProvider services) =>
        WithAsync(
            services,
            async context =>
            {
                await context.Database.ExecuteSqlRawAsync($"DROP TABLE IF EXISTS {Tables}");
                await context.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
            }
        );

    public static Task AnalyzeAsync(IServiceProvider services) =>
        WithAsync(services, context => context.Database.ExecuteSqlRawAsync($"VACUUM ANALYZE {Tables}"));

    private static async Task WithAsync(IServiceProvider services, Func<PeerContext, Task> act)
    {
        await using var scope = services.CreateAsyncScope();
        await act(scope.ServiceProvider.GetRequiredService<PeerContext>());
    }
}

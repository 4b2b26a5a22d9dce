using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Guards.Library;

public sealed class AllocationTests
{
    private const string Nothing = "nothing";

    [Fact]
    public async Task A_token_that_was_seen_before_costs_no_byte_more_than_a_scheme_that_does_nothing()
    {
        await using var server = await PortalServer.StartAsync();
        await server.AddGuardAsync();
        using var road = new IssuerRoad(server);
        var services = new ServiceCollection().AddLogging();
        services
            .AddAuthentication()
            .AddTurnstone("https://id.example.test", options => (options.Handler, options.Time) = (road, server.Time))
            .AddScheme<JwtBearerOptions, DoesNothing>(Nothing, null);
        await using var all = services.BuildServiceProvider();
        var header = $"Bearer {await server.ByKeyAsync()}";
        Assert.True((await ReadAsync(all, TurnstoneAuthentication.DefaultScheme, header)).Succeeded);

        // ASP.NET Core makes a handler for each request: the guard's has two fields more than its base, and is made of
        // one thing more.
        var fields = 3 * IntPtr.Size;
        Assert.Equal(
            BytesOf(all, Nothing, header) + fields,
            BytesOf(all, TurnstoneAuthentication.DefaultScheme, header)
        );
    }

    // What one request allocates at least: the runtime compiles meanwhile, and the log asks once.
    private static long BytesOf(IServiceProvider services, string scheme, string header)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 200; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var reading = ReadAsync(services, scheme, header);
            Assert.True(reading.IsCompletedSuccessfully);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static Task<AuthenticateResult> ReadAsync(IServiceProvider services, string scheme, string header)
    {
        // Not disposed of, as that would be measured too; it holds nothing.
        var context = new DefaultHttpContext { RequestServices = services.CreateScope().ServiceProvider };
        context.Request.Headers.Authorization = header;
        return context.AuthenticateAsync(scheme);
    }

    [SuppressMessage("Performance", "CA1812", Justification = "ASP.NET Core makes it.")]
    private sealed class DoesNothing(
        IOptionsMonitor<JwtBearerOptions> options,
        ILoggerFactory logger,
        UrlEncoder encoder
    ) : JwtBearerHandler(options, logger, encoder)
    {
        private static readonly Task<AuthenticateResult> Known = Task.FromResult(
            AuthenticateResult.Success(new(new ClaimsPrincipal(), Nothing))
        );

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Known;
    }
}

using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Hosting;
using Turnstone.Server.Reference;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Portal;

namespace Turnstone.Server.Tests.Attacks.Fuzzing;

/// <summary>A path of the route table, its parameters in braces, and the methods it takes.</summary>
internal sealed record FuzzRoute(string Path, IReadOnlyList<string> Methods)
{
    /// <summary>All of them, of a server that is composed as the program is.</summary>
    public static async Task<IReadOnlyList<FuzzRoute>> AllAsync()
    {
        await using var server = await PortalServer.StartAsync(
            services: services => services.AddContractDocuments(AllContracts.List).AddReference(),
            rooms: app =>
            {
                app.MapReference();
                app.MapHealth();
            }
        );
        return
        [
            .. server
                .Routes()
                .GroupBy(route => PathOf(route.RoutePattern))
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new FuzzRoute(group.Key, MethodsOf(group))),
        ];
    }

    private static string PathOf(RoutePattern pattern) =>
        "/"
        + string.Join(
            '/',
            pattern.PathSegments.Select(segment =>
                string.Concat(
                    segment.Parts.Select(part => part is RoutePatternLiteralPart literal ? literal.Content : "{}")
                )
            )
        );

    private static List<string> MethodsOf(IEnumerable<RouteEndpoint> routes)
    {
        List<string> named =
        [
            .. routes
                .SelectMany(route => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return named.Count > 0 ? named : ["GET", "POST"];
    }
}

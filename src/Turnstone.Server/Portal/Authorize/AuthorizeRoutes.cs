using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>The page is mapped once for each contract that has an authorization endpoint, with its rules.</summary>
internal static class AuthorizeRoutes
{
    private const string Page = "/Authorize/Index";

    public static IServiceCollection AddAuthorizeRoutes(this IServiceCollection services)
    {
        services
            .AddOptions<RazorPagesOptions>()
            .Configure<AuthorizePaths>(
                (options, paths) =>
                    options.Conventions.AddPageRouteModelConvention(
                        Page,
                        page =>
                        {
                            page.Selectors.Clear();
                            foreach (var endpoint in paths.Endpoints)
                            {
                                page.Selectors.Add(SelectorOf(endpoint));
                            }
                        }
                    )
            );
        return services.AddSingleton<AuthorizePaths>();
    }

    private static SelectorModel SelectorOf(AuthorizationEndpoint endpoint)
    {
        var selector = new SelectorModel { AttributeRouteModel = new() { Template = endpoint.Path.TrimStart('/') } };
        selector.EndpointMetadata.Add(endpoint.Rules);

        // A HEAD would be handled like a GET and use up a code.
        selector.EndpointMetadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Post]));
        return selector;
    }
}

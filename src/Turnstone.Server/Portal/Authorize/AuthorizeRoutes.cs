using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The page is mapped once for each contract that has an authorization endpoint, with its rules; that of sign-outs
/// beside it.
/// </summary>
internal static class AuthorizeRoutes
{
    private const string Page = "/Authorize/Index";
    private const string LogoutPage = "/Logout/Index";

    public static IServiceCollection AddAuthorizeRoutes(this IServiceCollection services)
    {
        services
            .AddOptions<RazorPagesOptions>()
            .Configure<AuthorizePaths>(
                (options, paths) =>
                {
                    Map(options, Page, paths.Endpoints.Select(SelectorOf));
                    Map(
                        options,
                        LogoutPage,
                        paths.Endpoints.Select(endpoint => endpoint.LogoutPath).OfType<string>().Select(SelectorOf)
                    );
                }
            );
        return services.AddSingleton<AuthorizePaths>();
    }

    private static void Map(RazorPagesOptions options, string page, IEnumerable<SelectorModel> selectors) =>
        options.Conventions.AddPageRouteModelConvention(
            page,
            model =>
            {
                model.Selectors.Clear();
                foreach (var selector in selectors)
                {
                    model.Selectors.Add(selector);
                }
            }
        );

    private static SelectorModel SelectorOf(AuthorizationEndpoint endpoint)
    {
        var selector = SelectorOf(endpoint.Path);
        selector.EndpointMetadata.Add(endpoint.Rules);
        return selector;
    }

    private static SelectorModel SelectorOf(string path)
    {
        var selector = new SelectorModel { AttributeRouteModel = new() { Template = path.TrimStart('/') } };

        // A HEAD would be handled like a GET: it would use up a code, or sign somebody out.
        selector.EndpointMetadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Post]));
        return selector;
    }
}

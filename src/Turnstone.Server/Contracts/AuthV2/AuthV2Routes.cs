using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.AuthV2;

/// <summary>
/// The contract <c>/auth/v2</c>: login with email and password, refresh, validation, each behind a subscription key. It
/// owns its paths, where the input stands and where a subscription key may stand; the shapes it shares with its
/// predecessor are in Common.
/// </summary>
public static class AuthV2Routes
{
    /// <param name="endpoints">Where to.</param>
    /// <param name="terms">On what terms it hands out tokens.</param>
    public static void MapAuthV2(this IEndpointRouteBuilder endpoints, Terms terms)
    {
        // In front of them all, so that no call can forget it, and before anything is read of the request.
        var check = ActivatorUtilities.CreateInstance<SubscriptionCheck>(endpoints.ServiceProvider);
        var routes = new ContractRoutes(
            endpoints,
            "/auth/v2",
            AuthErrors.Refused,
            AuthErrors.Misdirected,
            check.Before
        );
        routes.Map(HttpMethods.Post, "/login", routes.Make<Login>(terms).HandleAsync).DescribeLogin();
        routes
            .Map(HttpMethods.Post, "/refresh", routes.Make<Refresh>(terms, routes.Make<RefreshCall>()).HandleAsync)
            .DescribeRefresh();
        routes.Map(HttpMethods.Post, "/validate", routes.Make<Validate>().Handle).DescribeValidate();
    }
}

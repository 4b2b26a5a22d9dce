using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.AuthV1;

/// <summary>
/// The contract <c>/auth/v1</c>, deprecated: a one-time code for a token set, refresh, validation, for clients that
/// prove nothing about themselves. It owns its paths, where the input stands and that every answer tells of the
/// successor; the shapes it shares with the successor are in Common.
/// </summary>
public static class AuthV1Routes
{
    /// <param name="endpoints">Where to.</param>
    /// <param name="terms">On what terms it hands out tokens.</param>
    /// <param name="succession">What every answer says about its end.</param>
    public static void MapAuthV1(this IEndpointRouteBuilder endpoints, Terms terms, Succession succession)
    {
        ArgumentNullException.ThrowIfNull(succession);
        var routes = new ContractRoutes(
            endpoints,
            "/auth/v1",
            AuthErrors.Refused,
            AuthErrors.Misdirected,
            succession.ToldBy
        );
        routes.Map(HttpMethods.Get, "/token", routes.Make<CodeToken>(terms).HandleAsync).DescribeToken();
        routes
            .Map(
                HttpMethods.Post,
                "/refresh-token",
                routes.Make<RefreshToken>(terms, routes.Make<RefreshCall>()).HandleAsync
            )
            .DescribeRefresh();
        routes.Map(HttpMethods.Post, "/validate-token", routes.Make<ValidateToken>().Handle).DescribeValidate();
    }
}

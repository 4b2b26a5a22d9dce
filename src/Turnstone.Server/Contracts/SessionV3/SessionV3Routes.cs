using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary>
/// The contract under <c>/v3</c>: an API key opens a session of a fixed length, which is refreshed when its access
/// token has expired and not before; and the sample API that those tokens open. This folder owns <c>/v3</c>, the second
/// address <c>/auth/refresh</c>, and problem documents (RFC 9457) for every error.
/// </summary>
public static class SessionV3Routes
{
    public const string Family = "session-v3";

    /// <param name="endpoints">The application.</param>
    /// <param name="terms">The contract's terms; the family is set here, and that a session's end never moves.</param>
    public static IEndpointRouteBuilder MapSessionV3(this IEndpointRouteBuilder endpoints, Terms terms)
    {
        var own = terms with { Contract = Family, Sliding = false };
        var routes = new ContractRoutes(endpoints, "/v3", Problem.Of, Problem.Misdirected);
        routes.Map("POST", "/auth/login", routes.Make<Login>(own).AnswerAsync).DescribeLogin();
        var refresh = routes.Make<Refresh>(own);
        routes.Map("POST", "/auth/refresh", refresh.AnswerAsync).DescribeRefresh("refresh");
        routes.Map("GET", "/individuals", routes.Make<Individuals>().Answer).DescribeIndividuals();
        new ContractRoutes(endpoints, "/auth/refresh", Problem.Of, Problem.Misdirected)
            .Map("POST", "", refresh.AnswerAsync)
            .DescribeRefresh("refresh-short");
        return endpoints;
    }
}

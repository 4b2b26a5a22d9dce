using Turnstone.Grants;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary>
/// The contract under <c>/v3</c>: an API key opens a session of a fixed length, which is refreshed when its access
/// token has expired and not before; and the sample API that those tokens open. This folder owns <c>/v3</c>, the second
/// address <c>/auth/refresh</c>, and problem documents (RFC 9457) for every error.
/// </summary>
public static class SessionV3Contract
{
    internal const string Prefix = "/v3";
    private const string LoginPath = "/auth/login";
    private const string RefreshPath = "/auth/refresh";
    internal const string IndividualsPath = "/individuals";

    public static Contract Descriptor { get; } =
        new()
        {
            Name = "SessionV3",
            Prefix = Prefix,
            Family = "session-v3",
            Document = SessionV3OpenApi.Document,
            Version = "v3",
            Defaults = new()
            {
                AccessTokenSeconds = 900,
                RefreshTokenSeconds = 3_600,
                EarlyRefresh = EarlyRefresh.Reject,
            },
            Sliding = false,
            Login = new(HttpMethods.Post, Prefix + LoginPath),
            Refresh = new(HttpMethods.Post, Prefix + RefreshPath),
            Map = Map,
            Samples = new()
            {
                Demo = demo =>
                    $"curl -s {demo.Url}{Prefix}{LoginPath} -H 'Content-Type: application/json' "
                    + $"-d '{{\"api_key\":\"'\"${DemoCustomer.ApiKey}\"'\"}}'",
                ApiKeyLogin = (issuer, key) =>
                    CurlLine.Post(issuer + Prefix + LoginPath).JsonOf(ApiKeyGrant.Key.Name, key).Asking(key),
                FirstCall = FirstCall,
            },
        };

    /// <summary>
    /// Secrets go to curl through its input: every user of the machine can read its arguments.
    /// </summary>
    private static string FirstCall(string issuer)
    {
        var (login, call) = (issuer + Prefix + LoginPath, issuer + Prefix + IndividualsPath);
        return $$"""
            read -rs KEY
            TOKEN=$(curl -s {{login}} --json @- <<<"{\"api_key\":\"$KEY\"}" | grep -o 'eyJ[^"]*')
            curl -s {{call}} -H @- <<<"Authorization: Bearer $TOKEN"
            """;
    }

    /// <param name="endpoints">The application.</param>
    /// <param name="terms">The contract's terms.</param>
    public static void Map(IEndpointRouteBuilder endpoints, Terms terms)
    {
        var routes = new ContractRoutes(endpoints, Prefix, Problem.Of, Problem.Misdirected);
        routes.Map("POST", LoginPath, routes.Make<Login>(terms).AnswerAsync).DescribeLogin();
        var refresh = routes.Make<Refresh>(terms);
        routes.Map("POST", RefreshPath, refresh.AnswerAsync).DescribeRefresh("refresh");
        routes.Map("GET", IndividualsPath, routes.Make<Individuals>().Answer).DescribeIndividuals();
        new ContractRoutes(endpoints, RefreshPath, Problem.Of, Problem.Misdirected)
            .Map("POST", "", refresh.AnswerAsync)
            .DescribeRefresh("refresh-short");
    }
}

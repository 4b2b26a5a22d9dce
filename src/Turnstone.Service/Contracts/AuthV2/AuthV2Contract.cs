using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.AuthV2;

/// <summary>
/// The contract <c>/auth/v2</c>: login with email and password, refresh, validation, each behind a subscription key. It
/// owns its paths, where the input stands and where a subscription key may stand; the shapes it shares with its
/// predecessor are in Common.
/// </summary>
public static class AuthV2Contract
{
    private const string Prefix = "/auth/v2";
    private const string LoginPath = "/login";
    private const string RefreshPath = "/refresh";

    public static Contract Descriptor { get; } =
        new()
        {
            Name = "AuthV2",
            Prefix = Prefix,
            Family = AuthFamily.Name,
            Document = AuthV2OpenApi.Document,
            Version = "v2",
            Description =
                "The access token is a JWT. Its claim scope has the scopes that the product of the subscription "
                + "allows, and its claim product has the product's name. A refresh keeps both, but no scope that the "
                + "product no longer allows.",
            Defaults = new()
            {
                AccessTokenSeconds = 43_200,
                RefreshTokenSeconds = 1_209_600,
                SigningAlgorithm = SigningAlgorithm.RS256,
            },
            Login = new(HttpMethods.Post, Prefix + LoginPath),
            Refresh = new(HttpMethods.Post, Prefix + RefreshPath),
            Map = Map,
            Samples = new()
            {
                Demo = demo =>
                    $"curl -s {demo.Url}{Prefix}{LoginPath} -H \"Subscription-Key: ${DemoCustomer.SubscriptionKey}\" "
                    + "-H 'Content-Type: application/json' "
                    + $"-d '{{\"username\":\"{demo.Email}\",\"password\":\"'\"${DemoCustomer.Password}\"'\"}}'",
                PasswordLogin = (issuer, keyVariable, email) =>
                    CurlLine
                        .Post(issuer + Prefix + LoginPath)
                        .HeaderOf("Subscription-Key", keyVariable)
                        .Json(("username", email), ("password", "PASSWORD"))
                        .Asking("PASSWORD")
                        .Asking(keyVariable),
            },
        };

    /// <param name="endpoints">Where to.</param>
    /// <param name="terms">On what terms it hands out tokens.</param>
    public static void Map(IEndpointRouteBuilder endpoints, Terms terms)
    {
        ArgumentNullException.ThrowIfNull(endpoints);

        // In front of them all, so that no call can forget it, and before anything is read of the request.
        var check = ActivatorUtilities.CreateInstance<SubscriptionCheck>(endpoints.ServiceProvider);
        var routes = new ContractRoutes(endpoints, Prefix, AuthErrors.Refused, AuthErrors.Misdirected, check.Before);
        routes.Map(HttpMethods.Post, LoginPath, routes.Make<Login>(terms).HandleAsync).DescribeLogin();
        routes
            .Map(HttpMethods.Post, RefreshPath, routes.Make<Refresh>(terms, routes.Make<RefreshCall>()).HandleAsync)
            .DescribeRefresh();
        routes.Map(HttpMethods.Post, "/validate", routes.Make<Validate>().Handle).DescribeValidate();
    }
}

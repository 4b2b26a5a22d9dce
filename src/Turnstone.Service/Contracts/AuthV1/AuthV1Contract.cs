using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Contracts.Common.AuthShapes;
using Turnstone.Server.Settings;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.AuthV1;

/// <summary>
/// The contract <c>/auth/v1</c>, deprecated: a one-time code for a token set, refresh, validation, for clients that
/// prove nothing about themselves. It owns its paths, where the input stands and that every answer tells of the
/// successor; the shapes it shares with the successor are in Common.
/// </summary>
public static class AuthV1Contract
{
    private const string Prefix = "/auth/v1";
    private const string TokenPath = "/token";
    private const string RefreshPath = "/refresh-token";
    private const string ValidatePath = "/validate-token";

    public static Contract Descriptor { get; } =
        new()
        {
            Name = "AuthV1",
            Prefix = Prefix,
            Family = AuthFamily.Name,
            Document = AuthV1OpenApi.Document,
            Version = "v1",
            Description = "Every answer has the headers Deprecation, Sunset and Link (to the successor).",
            Defaults = new DeprecatedContractSettings
            {
                AccessTokenSeconds = 43_200,
                RefreshTokenSeconds = 1_209_600,
                SigningAlgorithm = SigningAlgorithm.RS256,
            },
            Login = new(HttpMethods.Get, Prefix + TokenPath),
            Refresh = new(HttpMethods.Post, Prefix + RefreshPath),
            Map = Map,
            Samples = new()
            {
                Demo = demo =>
                    $"curl -s \"{demo.Url}{Prefix}{TokenPath}?code=$({demo.Program} code --account {demo.Email})\"",
                UnboundCodes = new(
                    Validate: (issuer, token) =>
                        CurlLine
                            .Post(issuer + Prefix + ValidatePath)
                            .HeaderOf("Authorization", token, "Bearer ")
                            .Asking(token),
                    Refresh: (issuer, token) =>
                        CurlLine.Post(issuer + Prefix + RefreshPath).JsonOf("refresh_token", token).Asking(token)
                ),
            },
        };

    /// <param name="endpoints">Where to.</param>
    /// <param name="terms">On what terms it hands out tokens.</param>
    /// <param name="succession">What every answer says about its end.</param>
    public static void Map(IEndpointRouteBuilder endpoints, Terms terms, Succession succession)
    {
        ArgumentNullException.ThrowIfNull(succession);
        var routes = new ContractRoutes(
            endpoints,
            Prefix,
            AuthErrors.Refused,
            AuthErrors.Misdirected,
            succession.ToldBy
        );
        routes.Map(HttpMethods.Get, TokenPath, routes.Make<CodeToken>(terms).HandleAsync).DescribeToken();
        routes
            .Map(
                HttpMethods.Post,
                RefreshPath,
                routes.Make<RefreshToken>(terms, routes.Make<RefreshCall>()).HandleAsync
            )
            .DescribeRefresh();
        routes.Map(HttpMethods.Post, ValidatePath, routes.Make<ValidateToken>().Handle).DescribeValidate();
    }

    private static void Map(IEndpointRouteBuilder endpoints, Terms terms)
    {
        var settings = endpoints.ServiceProvider.GetRequiredService<TurnstoneSettings>();
        var own = (DeprecatedContractSettings)settings.Contracts.Of(Descriptor);
        var successor = settings.Contracts.List.SuccessorOf(Descriptor);
        Map(
            endpoints,
            terms,
            new Succession(
                own.Deprecated,
                own.Sunset,
                successor is null ? null : ReferenceLink.To(settings.Issuer, successor)
            )
        );
    }
}

using Turnstone.Grants;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// The standards under <c>/oauth2</c>: tokens (RFC 6749), their revocation and introspection (RFC 7009, 7662), pushed
/// requests (RFC 9126), who signed in (OpenID
/// Connect Core §5.3), the keys (RFC 7517) and the documents by which stock clients find them (RFC 8414). This folder
/// owns <c>/oauth2</c> and its names under <c>/.well-known</c>.
/// </summary>
public static class OAuth2Contract
{
    public const string Family = "oauth2";

    private const string Prefix = "/oauth2";
    private const string TokenPath = "/token";
    private const string IntrospectPath = "/introspect";
    private const string PushPath = "/par";
    private const string UserinfoPath = "/userinfo";
    private const string RegisterPath = "/register";

    public static Contract Descriptor { get; } =
        new()
        {
            Name = "OAuth2",
            Prefix = Prefix,
            Family = Family,
            Document = OAuth2OpenApi.Document,
            Version = "v1",
            Defaults = new() { AccessTokenSeconds = 3_600, RefreshTokenSeconds = 1_209_600 },

            // RFC 9068 §2.1
            TokenType = "at+jwt",
            Login = new(HttpMethods.Post, Prefix + TokenPath),
            Refresh = new(HttpMethods.Post, Prefix + TokenPath),
            GrantsPath = Prefix + TokenPath,
            Map = Map,
            MapShared = MapKeys,
            Authorization = new(
                Prefix + "/authorize",
                new(Family, CodeLife: TimeSpan.FromSeconds(60))
                {
                    TakesPushed = true,
                    TakesDescribed = true,
                    TakesClaims = true,
                    NeedsChallenge = true,
                }
            )
            {
                LogoutPath = Prefix + "/logout",
            },
            Samples = new()
            {
                Demo = demo =>
                    $"curl -s {demo.Url}{Prefix}{TokenPath} -u \"{demo.ClientId}:${DemoCustomer.ClientSecret}\" "
                    + "-d grant_type=client_credentials",
                Clients = new(
                    (issuer, client, secret) =>
                        CurlLine
                            .Post(issuer + Prefix + TokenPath)
                            .Form("grant_type", "client_credentials")
                            .Form("client_id", client)
                            .FormOfSecret("client_secret", secret)
                            .Asking(secret),
                    Exchange
                ),
            },
        };

    private static CurlLine Exchange(string issuer, CodeRequest request, string code, string? secret)
    {
        var line = CurlLine
            .Post(issuer + Prefix + TokenPath)
            .Form("grant_type", "authorization_code")
            .Form("client_id", request.Client)
            .Form("redirect_uri", request.RedirectUri)
            .Form("code_verifier", request.Verifier)
            .FormOf("code", code);
        return secret is null
            ? line.Asking(code)
            : line.FormOfSecret("client_secret", secret).Asking(code).Asking(secret);
    }

    /// <summary>The address of the token endpoint: one of the names under which a client knows this server.</summary>
    public static string TokenUrl(IssuerAndAudience issuer) => UrlOf(issuer, TokenPath);

    /// <param name="endpoints">The application.</param>
    /// <param name="terms">The contract's terms.</param>
    public static void Map(IEndpointRouteBuilder endpoints, Terms terms)
    {
        var routes = new ContractRoutes(endpoints, Prefix, OAuthError.Of, Misdirected, ClientOrigins.AnswerPreflights);
        var origins = routes.Make<ClientOrigins>();
        var forms = routes.Make<ClientForms>();
        var dpop = routes.Make<DpopHeader>();
        var grants = endpoints.ServiceProvider.GetRequiredService<GrantTypes>();
        routes
            .Map("POST", TokenPath, routes.Make<Token>(terms, origins, forms, dpop).AnswerAsync)
            .DescribeToken(grants);
        routes.Map("POST", "/revoke", routes.Make<Revoke>(origins, forms).AnswerAsync).DescribeRevoke();
        routes.Map("POST", IntrospectPath, routes.Make<Introspect>(terms, forms).AnswerAsync).DescribeIntrospect();
        routes
            .Map("POST", PushPath, routes.Make<Push>(Descriptor.Authorization!.Rules, origins, forms, dpop).AnswerAsync)
            .DescribePush();
        routes
            .Map("POST", "/device_authorization", routes.Make<DeviceAuthorization>(origins, forms).AnswerAsync)
            .DescribeDeviceAuthorization();
        routes
            .Map(
                ["GET", "POST"],
                UserinfoPath,
                routes.Make<Userinfo>(routes.Make<ProvenAccess>(dpop, origins)).AnswerAsync
            )
            .DescribeUserinfo();

        var registration = routes.Make<Registration>();
        routes.Map("POST", RegisterPath, registration.RegisterAsync).DescribeRegister();
        routes
            .Map(["GET", "PUT", "DELETE"], $"{RegisterPath}/{{{Registration.Id}}}", registration.ManageAsync)
            .DescribeManage();

        MapKeys(endpoints);
        MapAuditKeys(endpoints);
        var discovery = routes.Make<Discovery>();
        MapPublished(endpoints, "/.well-known/oauth-authorization-server", discovery.Answer)
            .DescribeDiscovery("oauth-authorization-server");
        MapPublished(endpoints, "/.well-known/openid-configuration", discovery.Answer)
            .DescribeDiscovery("openid-configuration");

        var resource = routes.Make<ResourceMetadata>();
        var resources = new ContractRoutes(endpoints, ResourceMetadata.Path, OAuthError.Of, Misdirected);
        resources.MapDocument(resource.Answer).DescribeResource("oauth-protected-resource");
        resources.MapDocument(resource.Answer, ResourceMetadata.Below).DescribeResource("oauth-protected-resource-of");
    }

    // The keys verify the tokens of all contracts.
    private static void MapKeys(IEndpointRouteBuilder endpoints) =>
        MapPublished(
                endpoints,
                "/.well-known/jwks.json",
                ActivatorUtilities.CreateInstance<Keys>(endpoints.ServiceProvider).Answer
            )
            .DescribeKeys();

    // Other keys than those: they verify no token.
    private static void MapAuditKeys(IEndpointRouteBuilder endpoints) =>
        new ContractRoutes(endpoints, AuditKeysDocument.Path, OAuthError.Of, Misdirected)
            .MapDocument(ActivatorUtilities.CreateInstance<AuditKeysDocument>(endpoints.ServiceProvider).AnswerAsync)
            .DescribeAuditKeys();

    // A prefix for each document: /.well-known belongs to others too.
    private static IEndpointConventionBuilder MapPublished(
        IEndpointRouteBuilder endpoints,
        string path,
        Func<HttpContext, IResult> answer
    ) => new ContractRoutes(endpoints, path, OAuthError.Of, Misdirected).MapDocument(answer);

    /// <summary>The address that takes pushed authorization requests.</summary>
    public static string PushUrl(IssuerAndAudience issuer) => UrlOf(issuer, PushPath);

    /// <summary>The address that tells who an access token acts for.</summary>
    public static string UserinfoUrl(IssuerAndAudience issuer) => UrlOf(issuer, UserinfoPath);

    /// <summary>The address where clients register themselves.</summary>
    public static string RegisterUrl(IssuerAndAudience issuer) => UrlOf(issuer, RegisterPath);

    /// <summary>Whether no page calls there.</summary>
    public static bool IsForServers(PathString path) =>
        path.Value?.TrimEnd('/').Equals(Prefix + IntrospectPath, StringComparison.OrdinalIgnoreCase) is true;

    private static string UrlOf(IssuerAndAudience issuer, string path) => $"{issuer.Issuer.TrimEnd('/')}{Prefix}{path}";

    private static JsonAnswer Misdirected(int status, string sentence) =>
        OAuthError.Of(status, OAuthError.InvalidRequest, sentence);
}

using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary>
/// The contract under <c>/v1/oauth</c>: tokens of type <c>user</c> and <c>company</c> for clients that exchange a code
/// and refresh, validation, and a user's token by the company's. This folder owns the prefix, the two families of
/// sessions and the shapes; the authorize page belongs to the portal.
/// </summary>
public static class OAuthV1Contract
{
    /// <summary>
    /// The family of the codes; those of the sessions say the type of token too, and so does that of a code that is
    /// bound to one.
    /// </summary>
    public const string Family = "oauth-v1";

    public const string UserFamily = Family + ":user";

    public const string CompanyFamily = Family + ":company";

    private const string Prefix = "/v1/oauth";
    private const string UserTokenPath = Prefix + "/token/user";

    public static Contract Descriptor { get; } =
        new()
        {
            Name = "OAuthV1",
            Prefix = Prefix,
            Family = Family,
            Document = OAuthV1OpenApi.Document,
            Version = "v1",
            Defaults = new() { AccessTokenSeconds = 2_592_000, RefreshTokenSeconds = 5_184_000 },
            Login = new(HttpMethods.Post, UserTokenPath),
            Refresh = new(HttpMethods.Post, UserTokenPath),
            Map = Map,
            Authorization = new(
                Prefix + "/authorize",
                new(Family, CodeLife: TimeSpan.FromMinutes(5))
                {
                    Commas = true,

                    // Each is the end of its family's name.
                    TokenTypes = [TokenTypes.UserName, TokenTypes.CompanyName],
                }
            ),
            Samples = new()
            {
                Demo = demo =>
                    $"curl -s {demo.Url}{UserTokenPath} -d grant_type=authorization_code "
                    + $"-d redirect_uri={demo.RedirectUri} -d client_id={demo.ClientId} "
                    + $"-d \"client_secret=${DemoCustomer.ClientSecret}\" "
                    + $"-d code=$({demo.Program} code --account {demo.Email} "
                    + $"--client {demo.ClientId} --contract {Family} --redirect-uri {demo.RedirectUri})",
            },
        };

    /// <param name="endpoints">The application.</param>
    /// <param name="terms">The contract's terms; each type of token has a family of its own.</param>
    public static void Map(IEndpointRouteBuilder endpoints, Terms terms)
    {
        var types = new TokenTypes(terms);
        var routes = new ContractRoutes(endpoints, Prefix, Answers.Refused, Answers.Misdirected);
        routes.Map("POST", "/token/create/user", routes.Make<CreateUser>(types).AnswerAsync).DescribeCreateUser();
        routes.Map("POST", "/token/{token_type}", routes.Make<Token>(types).AnswerAsync).DescribeToken();
        routes.Map("GET", "/token", routes.Make<Validate>().Answer).DescribeValidate();
    }
}

using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Contracts.OAuthV1;

/// <summary>
/// The contract under <c>/v1/oauth</c>: tokens of type <c>user</c> and <c>company</c> for clients that exchange a code
/// and refresh, validation, and a user's token by the company's. This folder owns the prefix, the two families of
/// sessions and the shapes; the authorize page belongs to the portal.
/// </summary>
public static class OAuthV1Routes
{
    /// <summary>
    /// The family of the codes; those of the sessions say the type of token too, and so does that of a code that is
    /// bound to one.
    /// </summary>
    public const string Family = "oauth-v1";

    public const string UserFamily = Family + ":user";

    public const string CompanyFamily = Family + ":company";

    /// <summary>The types of token, each the end of its family's name.</summary>
    public static IReadOnlyList<string> Types { get; } = [TokenTypes.UserName, TokenTypes.CompanyName];

    /// <param name="endpoints">The application.</param>
    /// <param name="terms">The contract's terms; the family is set here.</param>
    public static IEndpointRouteBuilder MapOAuthV1(this IEndpointRouteBuilder endpoints, Terms terms)
    {
        var types = new TokenTypes(terms);
        var routes = new ContractRoutes(endpoints, "/v1/oauth", Answers.Refused, Answers.Misdirected);
        routes.Map("POST", "/token/create/user", routes.Make<CreateUser>(types).AnswerAsync).DescribeCreateUser();
        routes.Map("POST", "/token/{token_type}", routes.Make<Token>(types).AnswerAsync).DescribeToken();
        routes.Map("GET", "/token", routes.Make<Validate>().Answer).DescribeValidate();
        return endpoints;
    }
}

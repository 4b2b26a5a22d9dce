using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Turnstone.Grants;
using Turnstone.Model;
using Turnstone.Server.Contracts.Common;
using Turnstone.Sessions;

namespace Turnstone.Server.Tests.Contracts.Throwaway;

/// <summary>
/// A contract as a newcomer would write one: this folder and the line that lists it. An API key in a header is
/// exchanged for an access token.
/// </summary>
internal static class ThrowawayContract
{
    public const string Prefix = "/throwaway";
    public const string Document = "throwaway-v9";
    public const string Family = "throwaway";
    public const string LoginPath = Prefix + "/login";

    public static Contract Descriptor { get; } =
        new()
        {
            Name = "Throwaway",
            Prefix = Prefix,
            Family = Family,
            Document = Document,
            Version = "v9",
            Defaults = new()
            {
                AccessTokenSeconds = 300,
                RefreshTokenSeconds = 600,
                SigningAlgorithm = SigningAlgorithm.RS256,
            },
            Login = new(HttpMethods.Post, LoginPath),
            Refresh = new(HttpMethods.Post, LoginPath),
            Map = Map,
            Authorization = new(Prefix + "/authorize", new(Family, CodeLife: TimeSpan.FromSeconds(30))),
            Samples = new()
            {
                Demo = demo => $"curl -s -X POST {demo.Url}{LoginPath} -H \"Key: ${DemoCustomer.ApiKey}\"",
            },
        };

    private static void Map(IEndpointRouteBuilder endpoints, Terms terms)
    {
        var routes = new ContractRoutes(
            endpoints,
            Prefix,
            refusal => new JsonAnswer(StatusCodes.Status401Unauthorized, json => json.WriteStringValue(refusal.Reason)),
            (status, sentence) => new JsonAnswer(status, json => json.WriteStringValue(sentence))
        );
        routes
            .Map(HttpMethods.Post, "/login", routes.Make<ThrowawayLogin>(terms).AnswerAsync)
            .WithGroupName(Document)
            .WithSummary("Log in with an API key.");
    }
}

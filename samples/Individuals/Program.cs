// The protected API of the contracts' documents: individuals, page by page, for tokens with the scope individuals.read.
// It answers as the server's own /v3/individuals does. samples/Individuals/run starts it beside the server. Settings:
// Issuer; Secret, of the client "individuals", by which it hears of revocations; BehindProxy, if a proxy asks the
// server before it lets a request through (docs/forward-auth.md): then nobody but the proxy may reach this API.
var builder = WebApplication.CreateBuilder(args);
var behindProxy = builder.Configuration.GetValue<bool>("BehindProxy");
if (!behindProxy)
{
    builder
        .Services.AddAuthentication()
        .AddTurnstone(
            builder.Configuration["Issuer"] ?? "http://127.0.0.1:8400",
            options =>
            {
                options.TakesKeys = true;
                options.ClientId = "individuals";
                options.ClientSecret = builder.Configuration["Secret"];
                options.FollowsRevocations = options.ClientSecret is not null;
            }
        );
    builder.Services.AddAuthorization();
}

var app = builder.Build();
var individuals = app.MapGet("/v3/individuals", People.Answer);
if (!behindProxy)
{
    individuals.RequireScope("individuals.read");
}

await app.RunAsync();

/// <summary>Whom the API knows.</summary>
internal static class People
{
    private const int LongestPage = 100;

    private static readonly Individual[] Known =
    [
        new("1", "Ada", "Lovelace"),
        new("2", "Grace", "Hopper"),
        new("3", "Emmy", "Noether"),
    ];

    /// <summary>A page of them; the header <c>Link</c> (RFC 8288) names the next one while there is one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="after">The id of the last one of the page before.</param>
    public static IResult Answer(HttpContext context, int limit = LongestPage, string? after = null)
    {
        var from = after is null ? 0 : Array.FindIndex(Known, one => one.Id == after) + 1;
        if (limit is < 1 or > LongestPage || (after is not null && from == 0))
        {
            return Results.Problem(
                $"limit is from 1 to {LongestPage}, and after the id of the last individual of the page before.",
                statusCode: StatusCodes.Status400BadRequest
            );
        }

        var page = Known.Skip(from).Take(limit).ToArray();
        if (from + page.Length < Known.Length)
        {
            context.Response.Headers.Link = $"</v3/individuals?limit={limit}&after={page[^1].Id}>; rel=\"next\"";
        }

        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new Page(page), new System.Text.Json.JsonSerializerOptions
        {
            PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower,
        });
    }

    private sealed record Individual(string Id, string GivenName, string FamilyName);

    private sealed record Page(IReadOnlyList<Individual> Individuals);
}

using System.Globalization;
using System.Text.Json;

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
app.UseStatusCodePages(context => Refusal.WriteAsync(context.HttpContext));
if (!behindProxy)
{
    // After what writes the bodies: by itself the guard would stand before it.
    app.UseAuthentication();
    app.UseAuthorization();
}

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

    private static readonly JsonSerializerOptions Written = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private static readonly Individual[] Known =
    [
        new("1", "Ada", "Lovelace"),
        new("2", "Grace", "Hopper"),
        new("3", "Emmy", "Noether"),
    ];

    /// <summary>A page of them; the header <c>Link</c> (RFC 8288) names the next one while there is one.</summary>
    public static IResult Answer(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (PageOf(context.Request.Query) is not var (from, limit))
        {
            return Refusal.Of(
                StatusCodes.Status400BadRequest,
                "invalid_request",
                "Malformed request",
                $"limit is from 1 to {LongestPage}, and after the id of the last individual of the page before."
            );
        }

        var page = Known.Skip(from).Take(limit).ToArray();
        if (from + page.Length < Known.Length)
        {
            context.Response.Headers.Link = $"</v3/individuals?limit={limit}&after={page[^1].Id}>; rel=\"next\"";
        }

        return Results.Json(new Page(page), Written);
    }

    /// <summary>Where the page begins and how long it may be; null where the query cannot be answered.</summary>
    private static (int From, int Limit)? PageOf(IQueryCollection query)
    {
        var (after, given) = (query["after"], query["limit"]);
        var from = after.Count == 0 ? 0 : Array.FindIndex(Known, one => after.Count == 1 && one.Id == after[0]) + 1;
        var limit = LongestPage;
        return
            (from == 0 && after.Count > 0)
            || given.Count > 1
            || (given.Count == 1 && !int.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out limit))
            || limit is < 1 or > LongestPage
            ? null
            : (from, limit);
    }

    private sealed record Individual(string Id, string GivenName, string FamilyName);

    private sealed record Page(IReadOnlyList<Individual> Individuals);
}

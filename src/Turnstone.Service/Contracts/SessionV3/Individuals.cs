using System.Globalization;
using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary>
/// <c>GET /v3/individuals</c>: the sample API, so that a newcomer sees a token open something. It does what every API
/// has to do: the token must be good, and it must have the scope.
/// </summary>
internal sealed class Individuals(AccessTokenReader reader)
{
    public const string Limit = "limit";
    public const string After = "after";

    private const string Scope = "individuals.read";
    private const int LongestPage = 100;

    private static readonly (string Id, string Given, string Family)[] Known =
    [
        ("1", "Ada", "Lovelace"),
        ("2", "Grace", "Hopper"),
        ("3", "Emmy", "Noether"),
    ];

    public IResult Answer(HttpContext context)
    {
        var reading = reader.Read(RequestFacts.AccessToken(context.Request, bare: false));
        return !reading.Good(out var claims) ? Problem.Of(reading.Fault!.Value)
            : !claims.Scopes.Contains(Scope) ? Problem.LacksScope(Scope)
            : PageOf(context.Request.Query) is not var (from, limit)
                ? Problem.Malformed(
                    $"limit is from 1 to {LongestPage}, and after the id of the last individual of the page before."
                )
            : List(context, from, limit);
    }

    /// <summary>Where the page begins and how long it may be; null where the query cannot be answered.</summary>
    private static (int From, int Limit)? PageOf(IQueryCollection query)
    {
        var (after, given) = (query[After], query[Limit]);
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

    /// <summary>A page; the header <c>Link</c> (RFC 8288) names the next one while there is one.</summary>
    private static JsonAnswer List(HttpContext context, int from, int limit)
    {
        var page = Known.AsMemory(from..Math.Min(from + limit, Known.Length));
        if (from + page.Length < Known.Length)
        {
            const string Path = SessionV3Contract.Prefix + SessionV3Contract.IndividualsPath;
            context.Response.Headers.Link = $"<{Path}?{Limit}={limit}&{After}={page.Span[^1].Id}>; rel=\"next\"";
        }

        return new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("individuals");
                foreach (var (id, given, family) in page.Span)
                {
                    json.WriteStartObject();
                    json.WriteString("id", id);
                    json.WriteString("given_name", given);
                    json.WriteString("family_name", family);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }
}

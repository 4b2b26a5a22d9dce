using Turnstone.Server.Contracts.Common;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary>
/// <c>GET /v3/individuals</c>: the sample API, so that a newcomer sees a token open something. It does what every API
/// has to do: the token must be good, and it must have the scope.
/// </summary>
internal sealed class Individuals(AccessTokenReader reader)
{
    private const string Scope = "individuals.read";

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
            : claims.Scopes.Contains(Scope) ? List()
            : Problem.LacksScope(Scope);
    }

    private static JsonAnswer List() =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("individuals");
                foreach (var (id, given, family) in Known)
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

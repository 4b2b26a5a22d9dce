using System.Text;
using System.Text.Json.Nodes;
using Turnstone.Directory;
using Turnstone.Server.Contracts.Common;
using Turnstone.Server.Settings;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.OAuth2;

/// <summary>
/// <c>GET /.well-known/oauth-protected-resource</c> and below it (RFC 9728): what a client has to know of an API. Each
/// is there under its id, for the <c>resource_metadata</c> of the API's challenges (§5.1); the one of the settings
/// also without, and one whose identifier is an address of this server where §3.1 puts it.
/// </summary>
internal sealed class ResourceMetadata(Apis apis, IssuerAndAudience issuer, PortalSettings portal)
{
    public const string Path = "/.well-known/oauth-protected-resource";
    public const string Below = "/{**api}";

    public IResult Answer(HttpContext context) =>
        Find(context.Request.RouteValues["api"] as string ?? "") is { } api
            ? Published.Document(context.Response, Render(api), Described.Json)
            : OAuthError.Of(
                StatusCodes.Status404NotFound,
                OAuthError.InvalidRequest,
                "There is no API of that name. Use the address in the API's own challenge."
            );

    private Api? Find(string path) =>
        path.Length == 0 || path == ApiRules.DefaultId
            ? apis.Default
            : apis.Registered.FirstOrDefault(api => api.Id == path)
                ?? apis.Registered.Append(apis.Default)
                    .FirstOrDefault(api => api.Identifier == $"{issuer.Issuer.TrimEnd('/')}/{path}");

    private byte[] Render(Api api)
    {
        var scopes =
            api == apis.Default
                ? portal.Offered.Select(scope => scope.Name).Where(scope => apis.OwnerOf(scope) == apis.Default)
                : api.ScopeNames.Names;
        var metadata = new JsonObject
        {
            ["resource"] = api.Identifier,
            ["resource_name"] = api.Name,
            ["authorization_servers"] = new JsonArray(issuer.Issuer),
            ["scopes_supported"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]),
            ["bearer_methods_supported"] = new JsonArray("header"),
        };
        if (api.DetailTypes.Count > 0)
        {
            metadata["authorization_details_types_supported"] = new JsonArray([
                .. api.DetailTypes.Select(type => (JsonNode)type.Type),
            ]);
        }

        return Encoding.UTF8.GetBytes(metadata.ToJsonString());
    }
}

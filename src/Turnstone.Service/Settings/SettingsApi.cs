using System.Collections.Frozen;
using Turnstone.Directory;
using Turnstone.Model;

namespace Turnstone.Server.Settings;

internal static class SettingsApi
{
    /// <summary>The API that the settings describe: its scopes are all that they know.</summary>
    public static DefaultApi ToDefaultApi(this TurnstoneSettings settings) =>
        new(
            new()
            {
                Id = ApiRules.DefaultId,
                Identifier = settings.Audience,
                Name = settings.Portal.Brand.Name,
                Scopes =
                [
                    .. settings
                        .KnownScopes.Where(scope => !IdentityScopes.All.Contains(scope.Name))
                        .Select(scope => new ApiScope(scope.Name, FrozenDictionary<string, string>.Empty)),
                ],
                Offered = true,
            }
        );
}

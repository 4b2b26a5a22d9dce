using Turnstone.Model;
using Turnstone.Server.Settings;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>The scopes that a form offers for a key, and what was chosen of them.</summary>
internal static class KeyScopes
{
    public static IReadOnlyList<OfferedScope> OfferedBy(PortalSettings settings) =>
        [.. settings.Offered.Where(scope => !IdentityScopes.All.Contains(scope.Name))];

    /// <summary>False when one of them is not offered.</summary>
    public static bool TryChoose(IEnumerable<string> chosen, IEnumerable<string> offered, out Scopes scopes)
    {
        var valid = Scopes.TryRead(string.Join(' ', chosen), out var read) && read.Within(Scopes.Of(offered));
        scopes = valid ? read! : Scopes.None;
        return valid;
    }
}

using Turnstone.Grants;
using Turnstone.Server.Contracts.Common;

namespace Turnstone.Server.Contracts.SessionV3;

/// <summary>The answer to a login and to a refresh: exactly two members.</summary>
internal static class Pair
{
    public static JsonAnswer Of(Issued issued) =>
        new(
            StatusCodes.Status200OK,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("access_token", issued.AccessToken);
                json.WriteString("refresh_token", issued.RefreshToken);
                json.WriteEndObject();
            }
        );
}

using System.Text.Json;
using Turnstone.Server.Settings;
using Turnstone.Tokens;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// What the validations of all contracts add of a good token where the settings say so. That it is good says only that
/// some client may use it for something.
/// </summary>
internal sealed class ValidatedToken(TurnstoneSettings settings)
{
    /// <summary>The members, as the document of a contract shows them.</summary>
    public static string Example(string contract) =>
        $"""
            "scope":"individuals.read","client_id":"demo","sub":"demo","contract":"{contract}"
            """;

    private readonly bool full = settings.ValidationAnswers is ValidationAnswers.Full;

    public void Write(Utf8JsonWriter json, AccessTokenClaims claims)
    {
        if (!full)
        {
            return;
        }

        json.WriteString("scope", claims.Scopes.ToString());
        json.WriteString("client_id", claims.ClientId);
        json.WriteString("sub", claims.Subject);
        json.WriteString("contract", claims.Contract);
        if (claims.Product is { } product)
        {
            json.WriteString("product", product);
        }
    }
}

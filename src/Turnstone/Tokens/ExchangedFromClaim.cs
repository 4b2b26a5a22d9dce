using System.Text.Json;
using Turnstone.Model;

namespace Turnstone.Tokens;

/// <summary>
/// The claim <c>exchanged_from</c>, an object of ours: <c>client</c>, <c>through</c> and <c>after</c>.
/// </summary>
internal static class ExchangedFromClaim
{
    private const string Name = "exchanged_from";

    public static void Write(Utf8JsonWriter json, ExchangedFrom exchanged)
    {
        json.WriteStartObject(Name);
        if (exchanged.Client is { } client)
        {
            json.WriteString("client", client);
        }

        if (exchanged.Through.Count > 0)
        {
            json.WriteStartArray("through");
            foreach (var one in exchanged.Through)
            {
                json.WriteStringValue(one);
            }

            json.WriteEndArray();
        }

        json.WriteNumber("after", exchanged.After);
        json.WriteEndObject();
    }

    /// <summary>False where there is one that is none of ours.</summary>
    public static bool TryRead(JsonElement json, out ExchangedFrom? exchanged)
    {
        exchanged = null;
        if (!json.TryGetProperty(Name, out var value))
        {
            return true;
        }

        if (
            value.ValueKind is not JsonValueKind.Object
            || !value.TryGetProperty("after"u8, out var after)
            || after.ValueKind is not JsonValueKind.Number
            || !after.TryGetInt64(out var number)
            || Through(value) is not { } through
        )
        {
            return false;
        }

        exchanged = new ExchangedFrom(StrictJson.Text(value, "client"u8), through, number);
        return true;
    }

    private static string[]? Through(JsonElement value)
    {
        if (!value.TryGetProperty("through"u8, out var through))
        {
            return [];
        }

        if (through.ValueKind is not JsonValueKind.Array)
        {
            return null;
        }

        string[] clients = [.. through.EnumerateArray().Select(StrictJson.Text).OfType<string>()];
        return clients.Length == through.GetArrayLength() ? clients : null;
    }
}

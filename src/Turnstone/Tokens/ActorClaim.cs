using System.Text.Json;

namespace Turnstone.Tokens;

/// <summary>Who acts for the subject of a token (RFC 8693 §4.1), and for whom he acts in turn.</summary>
/// <param name="Subject">The actor's own <c>sub</c>.</param>
/// <param name="ClientId">The client that the actor's token was issued to.</param>
/// <param name="Before">Who acted before him; null for the first.</param>
public sealed record ActorClaim(string Subject, string? ClientId, ActorClaim? Before)
{
    /// <summary>How many may have acted one after the other: each makes the token longer.</summary>
    public const int Most = 4;

    public int Count => 1 + (Before?.Count ?? 0);

    /// <summary>The actors from the present one to the first, as one line of ours.</summary>
    public override string ToString() => Before is null ? Name : $"{Name} by {Before}";

    private string Name => ClientId is null || ClientId == Subject ? Subject : $"{Subject} with {ClientId}";

    /// <summary>Writes the member <c>act</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject("act");
        json.WriteString("sub", Subject);
        if (ClientId is { } client)
        {
            json.WriteString("client_id", client);
        }

        Before?.Write(json);
        json.WriteEndObject();
    }

    /// <summary>False where there is an <c>act</c> that is none of ours.</summary>
    internal static bool TryRead(JsonElement json, out ActorClaim? actor, int most = Most)
    {
        actor = null;
        if (!json.TryGetProperty("act"u8, out var act))
        {
            return true;
        }

        if (
            most == 0
            || act.ValueKind is not JsonValueKind.Object
            || StrictJson.Text(act, "sub"u8) is not { Length: > 0 } subject
            || !TryRead(act, out var before, most - 1)
        )
        {
            return false;
        }

        actor = new ActorClaim(subject, StrictJson.Text(act, "client_id"u8), before);
        return true;
    }
}

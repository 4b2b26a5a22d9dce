using System.Text.Json;

namespace Turnstone.Cli.Profiles;

/// <summary>What the file of a session holds, as far as the verbs need it.</summary>
internal sealed record StoredTokens(
    string? Server,
    string? Contract,
    string? Access,
    string? Refresh,
    DateTimeOffset ExpiresAt,
    string? EndedCode,
    bool Ended
)
{
    public static StoredTokens? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            var state = document.RootElement;
            var over = state.TryGetProperty("ended", out var ended);
            return new(
                Text(state, "server"),
                Text(state, "contract"),
                Text(state, "access"),
                Text(state, "refresh"),
                DateTimeOffset.UnixEpoch.AddSeconds(
                    state.TryGetProperty("expires_at", out var until) ? until.GetDouble() : 0
                ),
                over ? Text(ended, "code") : null,
                over
            );
        }
        catch (Exception reason)
            when (reason is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Whether they are for the server and the contract that the profile names now.</summary>
    public bool AreFor(Profile profile) => Server == profile.Address.AbsoluteUri && Contract == profile.Contract;

    public override string ToString() => "StoredTokens (redacted)";

    private static string? Text(JsonElement state, string name) =>
        state.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}

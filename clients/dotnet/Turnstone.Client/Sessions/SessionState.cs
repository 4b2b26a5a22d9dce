using System.Text.Json;
using System.Text.Json.Serialization;

namespace Turnstone.Client;

/// <summary>What is stored of a session. Times are seconds since 1970 by the server's clock.</summary>
internal sealed record SessionState
{
    public required string Server { get; init; }

    public required string Contract { get; init; }

    public string? Access { get; init; }

    public string? Refresh { get; init; }

    public double ExpiresAt { get; init; }

    /// <summary>How long the access token lives; proactive refreshes go by it.</summary>
    public double Lifetime { get; init; }

    /// <summary>Whether the access token is bound to the key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Bound { get; init; }

    /// <summary>The key that proofs are signed by, once the server has asked for one.</summary>
    public string? Key { get; init; }

    /// <summary>The Idempotency-Key of the request that may be under way.</summary>
    public string? Pending { get; init; }

    /// <summary>Why the session is over; null while it is not.</summary>
    public Ending? Ended { get; init; }

    /// <summary>Before this the server wants no refresh.</summary>
    public double NotBefore { get; init; }

    /// <summary>The last sign-in if it was refused.</summary>
    public RefusedSignIn? SignIn { get; init; }

    /// <summary>Whether a one-time credential has already been used up.</summary>
    [JsonIgnore]
    public bool IsNew => Access is null && Refresh is null && Ended is null;

    /// <summary>The stored text, or the reason why it is none of ours.</summary>
    public static SessionState Parse(string text, string server, string contract)
    {
        SessionState? state;
        try
        {
            state = JsonSerializer.Deserialize(text, StateJson.Default.SessionState);
        }
        catch (JsonException)
        {
            // Without the inner exception: its message may quote what is stored.
            throw new SessionStoreException("store_damaged");
        }

        if (state is null)
        {
            throw new SessionStoreException("store_damaged");
        }

        return state.Server == server && state.Contract == contract
            ? state
            : throw new SessionStoreException("store_foreign");
    }

    public string Text() => JsonSerializer.Serialize(this, StateJson.Default.SessionState);

    /// <summary>Without the tokens.</summary>
    public override string ToString() => $"session of {Server}{Contract}";
}

internal sealed record Ending(string? Code, string? Reason);

internal sealed record RefusedSignIn(int Failures, double NotBefore, string? Code, string? Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(SessionState))]
internal sealed partial class StateJson : JsonSerializerContext;

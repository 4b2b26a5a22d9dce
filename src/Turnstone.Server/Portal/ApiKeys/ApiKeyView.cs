using Turnstone.Directory;

namespace Turnstone.Server.Portal.ApiKeys;

/// <summary>An API key as a page shows it.</summary>
public sealed record ApiKeyView(ApiKey Key, ApiKeyState State)
{
    public const string Root = "/portal/api-keys";

    public string Path => $"{Root}/{Key.Id}";

    /// <summary>The colour of the badge.</summary>
    public string BadgeClass =>
        State switch
        {
            ApiKeyState.Active => "good",
            ApiKeyState.Freezing or ApiKeyState.Leaving => "warn",
            ApiKeyState.Frozen => "bad",
            _ => "",
        };

    /// <summary>Ended permanently.</summary>
    public bool Past => State is ApiKeyState.Revoked or ApiKeyState.Replaced;

    public bool IsActive => State is ApiKeyState.Active or ApiKeyState.Freezing or ApiKeyState.Leaving;

    /// <summary>Needs attention: the key freezes soon, or is frozen.</summary>
    public bool NeedsAttention => State is ApiKeyState.Freezing or ApiKeyState.Frozen;

    /// <summary>The beginning of the key, for the samples.</summary>
    public string Beginning => Key.Hint.Length > 0 ? $"{Key.Hint}…" : "<api key>";

    public static ApiKeyView Of(ApiKey key, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(key, key.StateAt(now));
    }
}

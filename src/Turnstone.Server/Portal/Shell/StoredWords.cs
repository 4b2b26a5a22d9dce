using Microsoft.Extensions.Localization;

namespace Turnstone.Server.Portal.Shell;

/// <summary>The words for values of the store: one that only a newer version knows is shown as it is stored.</summary>
public static class StoredWords
{
    public static string Said(
        this IStringLocalizer words,
        string key,
        object stored,
        params ReadOnlySpan<object> arguments
    )
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(stored);
        var word = words[key, [.. arguments]];
        return word.ResourceNotFound ? $"{stored}" : word.Value;
    }
}

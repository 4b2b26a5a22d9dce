namespace Turnstone.Server.Settings;

/// <summary>A group of settings within another.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Key">The name of its meaning in the translations; null if no word of it is to be translated.</param>
/// <param name="Meaning">One or two sentences for the operator.</param>
/// <param name="Settings">An object whose properties are settings.</param>
public sealed record SettingsGroup(string Name, string? Key, string Meaning, object Settings);

/// <summary>Settings whose groups are not properties, because they are known only at run time.</summary>
public interface ISettingsGroups
{
    IEnumerable<SettingsGroup> Groups { get; }
}

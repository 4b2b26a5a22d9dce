namespace Turnstone.Server.Settings;

/// <summary>A group of settings within another.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Key">The name of its meaning in the translations; null if no word of it is to be translated.</param>
/// <param name="Meaning">One or two sentences for the operator.</param>
/// <param name="Settings">Its settings.</param>
public sealed record SettingsGroup(string Name, string? Key, string Meaning, ISettings Settings);

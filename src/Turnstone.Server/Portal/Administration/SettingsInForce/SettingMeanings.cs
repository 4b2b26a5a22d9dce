namespace Turnstone.Server.Portal.Administration.SettingsInForce;

/// <summary>
/// The meanings of settings in other languages, in SettingMeanings.de.resx; the English ones are in the setting
/// attributes.
/// </summary>
public sealed class SettingMeanings;

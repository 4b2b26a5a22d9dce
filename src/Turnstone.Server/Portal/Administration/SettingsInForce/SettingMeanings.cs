namespace Turnstone.Server.Portal.Administration.SettingsInForce;

/// <summary>
/// What settings mean in other languages, in SettingMeanings.de.resx; in English it stands at the setting itself.
/// </summary>
public sealed class SettingMeanings;

using System.Diagnostics.CodeAnalysis;

namespace Turnstone.Server.Settings;

/// <summary>
/// A class whose properties with a <see cref="SettingAttribute"/> are settings or groups of them. Settings are read and
/// described by these properties, so a trimmed or ahead-of-time compiled program keeps them (docs/adr/0014).
/// </summary>
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
public interface ISettings;

/// <summary>Settings whose groups are not properties, because they are known only at run time.</summary>
public interface ISettingsGroups : ISettings
{
    IEnumerable<SettingsGroup> Groups { get; }
}
